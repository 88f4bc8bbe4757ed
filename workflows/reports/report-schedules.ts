import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { reportActivityOptions, reportSweepOptions, reportWorkOptions } from '../../config/temporal';
import type { OperationFailure } from '../../src/contracts/operation';
import {
  SCHEDULES_LEFT,
  SWEEP_NOT_ORDERED,
  type BackfillOrder,
  type DueCursor,
  type ReportSchedulesInput,
} from '../../src/contracts/reports/report-schedules';
import { isNotOurs } from '../process-run';

const { acceptDueReports } = proxyActivities<Activities>(reportSweepOptions);
const { backfillReports } = proxyActivities<Activities>(reportWorkOptions);
const { failBackfill } = proxyActivities<Activities>(reportActivityOptions);

/**
 * Sweeps the schedules of reports once: accepts every report that is due, page by page. One activity where nothing is
 * due. Runs in real time. Every activity finds only what is still due, so no window is reported twice, whatever is
 * repeated or killed. With the order of an operation it accepts the missing reports of one schedule instead. Returns
 * the number of reports.
 *
 * @throws ApplicationFailure `SWEEP_NOT_ORDERED` for a start by hand; `SCHEDULES_LEFT` where unexpected errors stopped
 *   some schedules, after all others were swept
 */
export async function reportSchedules(input?: ReportSchedulesInput | null): Promise<number> {
  const order = orderOf(input ?? {});
  if (order) return backfill(order);
  if (input?.isScheduled !== true)
    throw ApplicationFailure.nonRetryable(
      'A sweep belongs to the schedule report-schedules: POST /report-schedules/{scheduleId}/trigger makes a report',
      SWEEP_NOT_ORDERED,
    );
  const at = new Date().toISOString();
  const { progress } = input;
  let { accepted = 0, failed = 0 } = progress ?? {};
  let after: DueCursor | null = progress?.after ?? null;
  do {
    const page = await acceptDueReports({ at, after });
    accepted += page.accepted;
    failed += page.failed;
    after = page.next;
    if (after && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof reportSchedules>({ isScheduled: true, progress: { accepted, failed, after } });
  } while (after);
  if (failed > 0) throw ApplicationFailure.nonRetryable(`${failed} schedule(s) could not be swept`, SCHEDULES_LEFT);
  return accepted;
}

function orderOf({ tenantId, operationId, correlationId = '' }: ReportSchedulesInput = {}): BackfillOrder | null {
  if (typeof tenantId !== 'string' || typeof operationId !== 'string') return null;
  return { tenantId, operationId, correlationId };
}

async function backfill(order: BackfillOrder): Promise<number> {
  const step = { ...order, chain: workflowInfo().firstExecutionRunId };
  try {
    return await backfillReports(step);
  } catch (error) {
    // The operation is unknown, or belongs to another run: there is nothing to end.
    if (isNotOurs(error)) throw error;
    await CancellationScope.nonCancellable(() => failBackfill({ ...step, failure: failureOf(error) }));
    return 0;
  }
}

const failureOf = (error: unknown): OperationFailure =>
  isCancellation(error)
    ? {
        code: 'CANCELLED',
        detail: 'The backfill was cancelled in Temporal. What it accepted is made.',
        workflowId: null,
      }
    : { code: 'INTERNAL', detail: 'An unexpected error ended the backfill. Order the rest again.', workflowId: null };
