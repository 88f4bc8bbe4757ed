import type { DailyReportInput } from '../../contracts/reports/daily-report';
import { byWorkflow } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import { idOfRun } from '../../domain/ids';
import { parsePeriod } from '../../domain/reports/calendar/period';
import { periodContaining, previousWindow } from '../../domain/reports/calendar/window';
import { modes, tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { createClock } from '../clock';
import { acceptReport } from './accept-report';
import { findTimeZone, orderReport } from './order-report';

export interface AcceptDailyReportInput extends DailyReportInput {
  database: Database;
  /** The run of the workflow that asks: one run has one report, however often its activity is tried. */
  runId: string;
}

/**
 * Accepts the `summary` of a day, by default of yesterday in the partner's zone. Returns the report's id.
 * @throws DomainError `NOT_FOUND` for an unknown tenant, `PERIOD_INVALID`, `WINDOW_IN_FUTURE`
 */
export async function acceptDailyReport(input: AcceptDailyReportInput): Promise<string> {
  const { database, tenantId, date, runId } = input;
  const reportId = idOfRun('report', runId);
  const clock = createClock({ database });
  await requireTenant({ database, tenantId });
  const offsetMs = await clock.offsetMs(tenantId);
  const at = new Date(Date.now() + offsetMs);
  await database.inTransaction(async (session) => {
    if (await database.models.reports.exists({ _id: reportId, tenantId }).session(session)) return;
    const timeZone = await findTimeZone({ database, session, tenantId });
    const today = periodContaining({ instant: at.toISOString(), kind: 'day', timeZone });
    requireDay(date);
    const request = { type: 'summary', period: date ?? previousWindow(today).from, timeZone, formats: FORMATS };
    const order = await orderReport({ database, session, tenantId, request, at, realNow: new Date() });
    await acceptReport({
      database,
      session,
      tenantId,
      reportId,
      order,
      correlationId: runId,
      by: byWorkflow,
      at,
      offsetMs,
    });
  });
  return reportId;
}

function requireDay(date: string | undefined): void {
  if (date === undefined || parsePeriod(date)?.kind === 'day') return;
  throw new DomainError('PERIOD_INVALID', 'The date is no day since 2000: send one such as 2026-03-29.');
}

const FORMATS = ['json', 'csv', 'html'] as const;

async function requireTenant({ database, tenantId }: Pick<AcceptDailyReportInput, 'database' | 'tenantId'>) {
  const { partnerId, mode } = tenantOf(tenantId);
  if (modes.includes(mode) && (await database.models.partners.exists({ _id: partnerId }))) return;
  throw new DomainError('NOT_FOUND', `There is no tenant ${tenantId}`);
}
