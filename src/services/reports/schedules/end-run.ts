import type { ClientSession } from 'mongoose';
import { byWorkflow } from '../../../domain/actor';
import { isEmptyReport } from '../../../domain/reports/report-content';
import { MAX_FAILURES, type RunOutcome } from '../../../domain/reports/schedule';
import type { Database } from '../../../models/database';
import type { Report } from '../../../models/reports/report';
import type { ReportRun } from '../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { countEndedWindow } from './backfill-operation';
import { pauseSchedule } from './move-schedule';

export interface EndRunInput {
  database: Database;
  /** The transaction that ends the report. */
  session: ClientSession;
  tenantId: string;
  reportId: string;
  /** The tenant's time. */
  at: Date;
}

interface RunEnd {
  outcome: RunOutcome;
  reason: string | null;
}

/**
 * Writes what became of the window that an ended report is of, in the transaction that ends the report; nothing for a
 * report that is no run's. A third failure in a row pauses the schedule, but for those of a backfill, whose operation
 * counts the window. Returns the outcome; null without a run.
 */
export async function endRun({ database, session, tenantId, reportId, at }: EndRunInput): Promise<RunOutcome | null> {
  const { reportRuns, reportSchedules, reports } = database.models;
  const run = await reportRuns.findOne({ tenantId, reportId }).session(session).lean<ReportRun>();
  if (!run) return null;
  const key = { _id: run.scheduleId, tenantId };
  const schedule = await reportSchedules.findOne(key).session(session).lean<ReportScheduleRow>();
  const report = await reports.findOne({ _id: reportId, tenantId }).session(session).lean().orFail();
  const end = endOf(report, schedule?.skipEmpty ?? false);
  const { operationId } = run;
  const stands = standingAfter(run, end);
  await reportRuns.updateOne({ _id: run._id }, { $set: { ...stands, operationId: null, earlier: null } }, { session });
  if (operationId) await countEndedWindow({ database, session, tenantId, operationId, at });
  if (!schedule) return end.outcome;
  const isLast = schedule.lastRun?.reportId === reportId;
  // How windows of long ago end says nothing about those that fall due.
  const failures =
    operationId || (report.supersedes && end.outcome === 'failed')
      ? schedule.failures
      : failuresAfter(schedule.failures, end);
  const set = { failures, ...(isLast ? { lastRun: { ...schedule.lastRun, ...stands } } : {}) };
  await reportSchedules.updateOne(key, { $set: set, $inc: { firings: 1 } }, { session });
  await pauseIfFailing({ database, session, schedule: { ...schedule, failures }, at });
  return end.outcome;
}

/** A window that was made stays made by the report before where one in its place was not. */
function standingAfter({ reportId, earlier }: ReportRun, end: RunEnd): RunEnd & Pick<ReportRun, 'reportId'> {
  const isMade = end.outcome === 'made' || end.outcome === 'empty';
  return earlier && !isMade ? { ...earlier, reason: null } : { ...end, reportId };
}

function endOf(report: Report, skipEmpty: boolean): RunEnd {
  if (report.state === 'failed') return { outcome: 'failed', reason: report.failure?.code ?? null };
  if (report.state === 'cancelled') return { outcome: 'skipped', reason: 'cancelled' };
  return { outcome: skipEmpty && isEmptyReport(report.figures ?? []) ? 'empty' : 'made', reason: null };
}

function failuresAfter(failures: number, { outcome }: RunEnd): number {
  if (outcome === 'failed') return failures + 1;
  return outcome === 'skipped' ? failures : 0;
}

/** Pauses an active schedule whose last runs have all failed. */
export async function pauseIfFailing({
  schedule,
  ...input
}: Omit<EndRunInput, 'tenantId' | 'reportId'> & { schedule: ReportScheduleRow }): Promise<void> {
  if (schedule.state !== 'active' || schedule.failures < MAX_FAILURES) return;
  await pauseSchedule({ ...input, schedule, by: byWorkflow, reason: 'failing' });
}
