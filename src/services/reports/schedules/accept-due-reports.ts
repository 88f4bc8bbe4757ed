import type { DueCursor, DueReportsPage } from '../../../contracts/reports/report-schedules';
import type { Database } from '../../../models/database';
import { isDatabaseUnavailable } from '../../../models/outages/database-unavailable';
import { createClock } from '../../clock';
import { acceptDueOf } from './accept-due-of';
import { firingAt } from './change-schedule';

/** The schedules that one step of a sweep reads. */
export const SCHEDULES_PAGE = 50;

export interface AcceptDueReportsInput {
  database: Database;
  /** Real time up to which schedules are due. */
  at: Date;
  /** The place after which the page begins; null for the first page. */
  after: DueCursor | null;
  /** Called after each schedule; throws once the work is no longer wanted. */
  onSchedule?: () => void;
  /** Called with the unexpected error that stops a schedule. */
  onFailure?: (failure: { scheduleId: string; error: unknown }) => void;
}

/**
 * Accepts the reports of one page of the schedules that are due, and returns the place from which to continue. A repeat
 * finds only what is left. A schedule that an unexpected error stops keeps no other one from its reports, and is
 * counted, also where all of a page are stopped: one tenant may fill it.
 * @throws the error by which the database is unavailable: the page is then swept again
 */
export async function acceptDueReports(input: AcceptDueReportsInput): Promise<DueReportsPage> {
  const { database, onSchedule, onFailure } = input;
  const schedules = await readPage(input);
  let [accepted, failed] = [0, 0];
  for (const { _id: scheduleId, tenantId } of schedules) {
    onSchedule?.();
    try {
      accepted += await acceptDueOf({ database, tenantId, scheduleId });
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      failed += 1;
      onFailure?.({ scheduleId, error });
    }
  }
  const last = schedules.length === SCHEDULES_PAGE ? schedules.at(-1) : undefined;
  return { accepted, failed, next: last ? { at: last.dueAt!.toISOString(), id: last._id } : null };
}

/** A schedule that was swept is no longer due, so only those that share an instant are read by their ids too. */
async function readPage({ database: { models }, at, after }: AcceptDueReportsInput) {
  const due = { state: 'active' as const, dueAt: { $lte: at } };
  const filters = after
    ? [
        { ...due, dueAt: new Date(after.at), _id: { $gt: after.id } },
        { ...due, dueAt: { $gt: new Date(after.at), $lte: at } },
      ]
    : [due];
  const found: { _id: string; tenantId: string; dueAt: Date | null }[] = [];
  for (const filter of filters) {
    const limit = SCHEDULES_PAGE - found.length;
    if (limit > 0)
      found.push(
        ...(await models.reportSchedules
          .find(filter, { tenantId: 1, dueAt: 1 })
          .sort({ dueAt: 1, _id: 1 })
          .limit(limit)
          .lean()),
      );
  }
  return found;
}

/**
 * Accepts what fell due for a tenant whose clock was advanced, 31 windows a schedule at most, and moves its schedules
 * to where its clock is now. A schedule that an unexpected error stops is left to the sweep, which reports the error:
 * it stops neither the other ones nor the advance.
 */
export async function acceptDueOfTenant({
  database,
  tenantId,
}: {
  database: Database;
  tenantId: string;
}): Promise<void> {
  const { reportSchedules } = database.models;
  const active = { tenantId, state: 'active' as const };
  const offsetMs = await createClock({ database }).offsetMs(tenantId);
  const at = new Date(Date.now() + offsetMs);
  const due = await reportSchedules
    .find({ ...active, nextAt: { $lte: at } }, { _id: 1 })
    .sort({ nextAt: 1, _id: 1 })
    .lean();
  for (const { _id: scheduleId } of due)
    await acceptDueOf({ database, tenantId, scheduleId, catchUp: 'all' }).catch((error: unknown) => {
      if (isDatabaseUnavailable(error)) throw error;
    });
  const standing = await reportSchedules.find(active, { nextAt: 1 }).sort({ nextAt: 1, _id: 1 }).lean();
  for (const { _id, nextAt } of standing)
    await reportSchedules.updateOne({ _id, ...active, nextAt }, { $set: firingAt(nextAt, offsetMs) });
}
