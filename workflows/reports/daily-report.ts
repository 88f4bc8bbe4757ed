import { ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { dailyReportOptions } from '../../config/temporal';
import type { DailyReportInput } from '../../src/contracts/reports/daily-report';

const { acceptDailyReport } = proxyActivities<Activities>(dailyReportOptions);

/**
 * Accepts the `summary` of a day and returns the report's id; the report is made by its own process. For whoever starts
 * it with Temporal's own client: the platform never does.
 *
 * @throws ApplicationFailure `INVALID_INPUT` for an input that names no tenant
 */
export async function dailyReport(input?: DailyReportInput | null): Promise<string> {
  if (typeof input?.tenantId !== 'string' || !['string', 'undefined'].includes(typeof (input.date ?? undefined)))
    throw ApplicationFailure.nonRetryable('The input must name a tenantId, and may name a date', 'INVALID_INPUT');
  const { tenantId, date } = input;
  return acceptDailyReport({ tenantId, ...(date ? { date } : {}), runId: workflowInfo().firstExecutionRunId });
}
