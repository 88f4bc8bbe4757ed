import type { ClientSession } from 'mongoose';
import { DomainError } from '../../../domain/domain-error';
import { openReportStates } from '../../../domain/reports/report';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import type { Database } from '../../../models/database';
import type { Report } from '../../../models/reports/report';
import { runIdOf, type MadeRun, type ReportRun, type RunSummary } from '../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { insertDocuments } from '../../insert-documents';
import { LONGEST_WINDOW_MS } from './missing-of';

export interface WriteRunInput {
  database: Database;
  session: ClientSession;
  schedule: ReportScheduleRow;
  /** The run of the window as it stands, if any. */
  before: ReportRun | null;
  standing: RunSummary;
  /** The backfill that the run is of; a run that is written again stays with its own. */
  operationId?: string | null;
}

/** Returns the run of a window as a transaction sees it; null where it has none. */
export const findRun = (
  { database, session, schedule }: Pick<WriteRunInput, 'database' | 'session' | 'schedule'>,
  window: ReportWindow,
): Promise<ReportRun | null> =>
  database.models.reportRuns
    .findOne({ _id: runIdOf(schedule._id, window) })
    .session(session)
    .lean<ReportRun>()
    .exec();

/**
 * Returns the runs of a schedule whose windows, made or being made, have a time of a window, as a transaction sees
 * them. After a change of zone or period these are others than the run of the window itself.
 */
export async function findReported(
  { database, session, schedule }: Pick<WriteRunInput, 'database' | 'schedule'> & { session?: ClientSession },
  window: Pick<ReportWindow, 'startAt' | 'endAt'>,
): Promise<ReportRun[]> {
  const { _id: scheduleId, tenantId } = schedule;
  const from = new Date(Date.parse(window.startAt) - LONGEST_WINDOW_MS);
  const runs = await database.models.reportRuns
    .find({ tenantId, scheduleId, startAt: { $gte: from, $lt: new Date(window.endAt) } })
    .sort({ startAt: -1 })
    .session(session ?? null)
    .lean<ReportRun[]>();
  return runs.filter((run) => isReported(run) && run.window.endAt > window.startAt);
}

/**
 * Writes what becomes of a window that the sweep did not come to, within the caller's transaction: the only run of that
 * window, whatever its outcome was before.
 */
export async function writeRun(input: WriteRunInput): Promise<void> {
  const { database, session, schedule, before, standing, operationId } = input;
  const { _id: scheduleId, tenantId } = schedule;
  const { window } = standing;
  const { reportRuns, reportSchedules } = database.models;
  const _id = runIdOf(scheduleId, window);
  const run: ReportRun = {
    _id,
    tenantId,
    scheduleId,
    startAt: new Date(window.startAt),
    ...standing,
    operationId: operationId ?? before?.operationId ?? null,
    earlier: madeBefore(before),
  };
  if (before) await reportRuns.replaceOne({ _id }, run, { session });
  else await insertDocuments({ model: reportRuns, documents: [run], session });
  // A sweep that accepts the same window meanwhile conflicts, and begins again with this run.
  await reportSchedules.updateOne(
    { _id: scheduleId, tenantId },
    { $set: isNewest(schedule, window) ? { lastRun: standing } : {}, $inc: { firings: 1 } },
    { session },
  );
}

/** Returns the report by which a window was made; null where it was not. */
function madeBefore(before: ReportRun | null): MadeRun | null {
  if (!before) return null;
  const { outcome, reportId, earlier = null } = before;
  if (outcome === null) return earlier;
  return (outcome === 'made' || outcome === 'empty') && reportId !== null ? { outcome, reportId } : null;
}

export interface RemakeRunInput {
  database: Database;
  session: ClientSession;
  /** The accepted report that is made in place of the one that it supersedes. */
  report: Pick<Report, '_id' | 'tenantId' | 'scheduleId' | 'window' | 'createdAt'>;
}

/**
 * Makes a remade report that of its window, within the caller's transaction, whichever report the window had last: so a
 * window that failed is made by it, and not a second time by a backfill. Nothing for a report that is no run's.
 * @throws DomainError `REPORT_NOT_READY` while another report of the window is being made; `WINDOW_REPORTED` where a
 *   window of other ends has reported a part of one that failed
 */
export async function remakeRun({ database, session, report }: RemakeRunInput): Promise<void> {
  const { _id: reportId, tenantId, scheduleId, window, createdAt: at } = report;
  if (scheduleId === null) return;
  const schedule = await database.models.reportSchedules
    .findOne({ _id: scheduleId, tenantId })
    .session(session)
    .lean<ReportScheduleRow>();
  const before = schedule && (await findRun({ database, session, schedule }, window));
  if (!before) return;
  if (!isReported(before)) await requireUnreported({ database, session, schedule }, before.window);
  await requireNotBeingMade({ database, session, run: before });
  const standing = { window: before.window, outcome: null, reason: null, reportId, at };
  await writeRun({ database, session, schedule, before, standing });
}

/**
 * A window may have a time of one that was reported in another zone or period.
 * @throws DomainError `WINDOW_REPORTED`
 */
export async function requireUnreported(
  input: Pick<WriteRunInput, 'database' | 'session' | 'schedule'>,
  window: ReportWindow,
): Promise<void> {
  const [reported] = await findReported(input, window);
  if (!reported) return;
  const { startAt, endAt } = reported.window;
  throw new DomainError(
    'WINDOW_REPORTED',
    `A part of the window, from ${startAt} to ${endAt}, is reported by ${reported.reportId}: read it, or remake it.`,
  );
}

/** Of two reports that were made of a window at a time, the outcome of one would be lost. */
async function requireNotBeingMade({
  database,
  session,
  run: { tenantId, outcome, reportId },
}: Pick<RemakeRunInput, 'database' | 'session'> & { run: ReportRun }): Promise<void> {
  if (outcome !== null || reportId === null) return;
  const making = await database.models.reports
    .findOne({ _id: reportId, tenantId, state: { $in: [...openReportStates] } }, { _id: 1 })
    .session(session)
    .lean();
  if (!making) return;
  throw new DomainError(
    'REPORT_NOT_READY',
    `The window of the report is being made again by ${reportId}: wait for its end, or cancel it.`,
  );
}

/** True for a run whose report is made or being made. */
export const isReported = ({ outcome }: Pick<ReportRun, 'outcome'>): boolean =>
  outcome !== 'skipped' && outcome !== 'failed';

/** True for a window that is not before that of the last run. */
export const isNewest = (
  { lastRun }: Pick<ReportScheduleRow, 'lastRun'>,
  { startAt }: Pick<ReportWindow, 'startAt'>,
): boolean => lastRun === null || startAt >= lastRun.window.startAt;
