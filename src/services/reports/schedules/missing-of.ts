import type { ClientSession } from 'mongoose';
import { missingWindows } from '../../../domain/reports/calendar/missing-windows';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import type { Database } from '../../../models/database';
import type { ReportRun } from '../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';

export interface MissingOfInput {
  database: Database;
  session?: ClientSession;
  schedule: Pick<ReportScheduleRow, '_id' | 'tenantId' | 'state' | 'reportedUntil'>;
  /** Oldest first. */
  windows: readonly ReportWindow[];
}

/** The longest window of a schedule is a quarter, so a run that began earlier has ended before the range. */
export const LONGEST_WINDOW_MS = 93 * 86_400_000;

/**
 * Returns what is missing of some windows: see {@link missingWindows}. What an active schedule has not come to yet is
 * its sweep's, which mails it.
 */
export async function missingOf(input: MissingOfInput): Promise<ReportWindow[]> {
  const { windows, schedule } = input;
  const until = schedule.state === 'active' ? schedule.reportedUntil.toISOString() : undefined;
  return missingWindows(windows, await runsAround(input), until);
}

/** Returns the runs of a schedule that have a time of some windows. */
async function runsAround({ database, session, schedule, windows }: MissingOfInput): Promise<ReportRun[]> {
  const [first] = windows;
  const last = windows.at(-1);
  if (!first || !last) return [];
  const { _id: scheduleId, tenantId } = schedule;
  const startAt = { $gte: new Date(Date.parse(first.startAt) - LONGEST_WINDOW_MS), $lt: new Date(last.endAt) };
  return database.models.reportRuns
    .find({ tenantId, scheduleId, startAt })
    .sort({ startAt: -1 })
    .session(session ?? null)
    .lean<ReportRun[]>()
    .exec();
}
