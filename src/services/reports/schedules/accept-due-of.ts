import type { ClientSession } from 'mongoose';
import { byWorkflow } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { dueWindows, type CatchUp, type DueWindow } from '../../../domain/reports/calendar/due-windows';
import { dueParts, type DuePart } from '../../../domain/reports/calendar/window-parts';
import { forNextReport } from '../../../domain/reports/delivery/recipients';
import { nextAtOf } from '../../../domain/reports/schedule';
import type { Database } from '../../../models/database';
import { runIdOf, type ReportRun, type RunSummary } from '../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { createClock } from '../../clock';
import { insertDocuments } from '../../insert-documents';
import { acceptReports, type ReportOrder } from '../accept-report';
import { isStatementRefused } from '../continue-statements';
import { closeGroup } from '../delivery/deliver-reports';
import { orderWindow } from '../order-report';
import { firingAt, windowsOf } from './change-schedule';
import { pauseIfFailing } from './end-run';
import { endSchedule } from './move-schedule';
import { findReported, isNewest } from './write-run';

export interface AcceptDueOfInput {
  database: Database;
  tenantId: string;
  scheduleId: string;
  /** Overrides what the schedule says about windows that come late. */
  catchUp?: CatchUp;
}

/**
 * Accepts what is due of one schedule, oldest first, all of it in one transaction where nothing is refused. The
 * transaction writes the runs and the reports of some windows and moves the schedule on, behind the end of the window
 * before them: however many sweeps do this at a time, and wherever one of them stops, a window has one run and one
 * report. Returns the number of reports.
 */
export async function acceptDueOf({ database, tenantId, scheduleId, catchUp }: AcceptDueOfInput): Promise<number> {
  const clock = createClock({ database });
  let accepted = 0;
  for (;;) {
    const schedule = await database.models.reportSchedules
      .findOne({ _id: scheduleId, tenantId, state: 'active' })
      .lean<ReportScheduleRow>();
    if (!schedule) return accepted;
    const offsetMs = await clock.offsetMs(tenantId);
    const at = new Date(Date.now() + offsetMs);
    const due = await dueOf({ database, schedule: { ...schedule, catchUp: catchUp ?? schedule.catchUp }, at });
    const ordered = await orderFirst({ database, schedule, due, at });
    const last = ordered.at(-1);
    if (!last) return accepted;
    accepted += await acceptOrRefuse(last.order, (order) =>
      database.inTransaction((session) =>
        acceptWindows({
          database,
          session,
          schedule,
          ordered: [...ordered.slice(0, -1), { ...last, order }],
          at,
          offsetMs,
        }),
      ),
    );
  }
}

/** Accepts a window as it is ordered, or as refused where its statement turns out not to join its neighbours. */
export const acceptOrRefuse = <Accepted>(
  order: WindowOrder,
  accept: (order: WindowOrder) => Promise<Accepted>,
): Promise<Accepted> =>
  accept(order).catch((error: unknown) => {
    if (order && isStatementRefused(error)) return accept({ refusal: error.code });
    throw error;
  });

/**
 * Returns what is due of a schedule in parts, of which runs may have reported some: a run that is written afterwards
 * moves the schedule's `firings`, so that its acceptance is refused.
 */
async function dueOf({ database, schedule, at }: Omit<OrderOfInput, 'due'>): Promise<DuePart[]> {
  const { until, catchUp, pauses } = schedule;
  const due = dueWindows({
    ...windowsOf(schedule),
    now: at.toISOString(),
    until: until?.toISOString() ?? null,
    catchUp,
    pauses,
  });
  const [first] = due;
  if (!first) return [];
  const { startAt, endAt } = { ...first.window, endAt: due.at(-1)!.window.endAt };
  const reported = await findReported({ database, schedule }, { startAt, endAt });
  return dueParts(
    due,
    reported.map(({ window }) => window),
  );
}

/** The order of a window that is to be made; the code of a refusal; null for a window that is skipped. */
export type WindowOrder = ReportOrder | { refusal: string } | null;

interface OrderOfInput {
  database: Database;
  schedule: ReportScheduleRow;
  due: Pick<DueWindow, 'window' | 'outcome'>;
  at: Date;
}

/** Returns the order of a window of a schedule; a refusal is its code. */
export async function orderOf({
  database,
  schedule,
  due: { outcome, window },
  at,
}: OrderOfInput): Promise<WindowOrder> {
  if (outcome === 'skipped') return null;
  try {
    const order = await orderWindow({ database, asked: { ...schedule, window }, at, asOf: new Date() });
    return { ...order, scheduleId: schedule._id, sharesAsOf: true };
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error.code };
    throw error;
  }
}

interface OrderedWindow {
  due: DuePart;
  /** Null also for what is reported already. */
  order: WindowOrder;
}

/**
 * Orders windows up to and including the first that is refused, because three refusals pause the schedule, or the first
 * statement, which the next one goes on from.
 */
async function orderFirst({
  due,
  ...input
}: Omit<OrderOfInput, 'due'> & { due: readonly DuePart[] }): Promise<OrderedWindow[]> {
  const ordered: OrderedWindow[] = [];
  for (const part of due) {
    const order = part.isReported ? null : await orderOf({ ...input, due: part });
    ordered.push({ due: part, order });
    if (order && ('refusal' in order || order.type === 'statement')) break;
  }
  return ordered;
}

interface AcceptWindowsInput {
  database: Database;
  session: ClientSession;
  schedule: ReportScheduleRow;
  ordered: readonly OrderedWindow[];
  at: Date;
  offsetMs: number;
}

/** Writes the runs and the reports of some windows. Returns the number of reports. */
async function acceptWindows(input: AcceptWindowsInput): Promise<number> {
  const { database, session, schedule, ordered, at, offsetMs } = input;
  const { _id: scheduleId, tenantId, correlationId } = schedule;
  const { reportRuns } = database.models;
  const runId = ({ due }: OrderedWindow): string => runIdOf(scheduleId, due.window);
  // A window that was triggered and has failed has its run already.
  const found = await reportRuns
    .find({ _id: { $in: ordered.map(runId) } }, { _id: 1 })
    .session(session)
    .lean();
  const missing = ordered.filter((one) => !one.due.isReported && !found.some(({ _id }) => _id === runId(one)));
  const runs = missing.map((window) => runOf(schedule, window, at));
  const newest = runs.at(-1);
  const moved = await moveOn(input, newest ?? null);
  // Another sweep or a change was faster.
  if (!moved) return 0;
  await insertDocuments({ model: reportRuns, documents: runs, session });
  if (moved.nextAt === null) await endSchedule({ database, session, schedule: moved, by: byWorkflow, at });
  else if (newest?.outcome === 'failed') await pauseIfFailing({ database, session, schedule: moved, at });
  const delivery = { deliverTo: forNextReport(moved.deliverTo ?? []), deliveryGroup: groupOf(input) };
  const orders = missing.flatMap(({ order }, place) => {
    const { reportId } = runs[place]!;
    return reportId && order && !('refusal' in order) ? [{ reportId, order: { ...order, ...delivery } }] : [];
  });
  if (orders.length === 0) await closeGroup(input);
  else await acceptReports({ database, session, tenantId, orders, correlationId, by: byWorkflow, at, offsetMs });
  return orders.length;
}

/** Returns the name of the reports that these are delivered together with: the run of the first of them. */
const groupOf = ({ schedule: { _id, openGroup }, ordered }: AcceptWindowsInput): string => {
  const first = ordered.find(({ order }) => order !== null) ?? ordered.at(-1)!;
  return openGroup ?? runIdOf(_id, first.due.window);
};

const standingOf = (order: NonNullable<WindowOrder>): Partial<RunSummary> =>
  'refusal' in order ? { outcome: 'failed', reason: order.refusal } : { reportId: newId('report') };

const runOf = (
  { _id: scheduleId, tenantId }: ReportScheduleRow,
  { due, order }: OrderedWindow,
  at: Date,
): ReportRun => ({
  _id: runIdOf(scheduleId, due.window),
  tenantId,
  scheduleId,
  startAt: new Date(due.window.startAt),
  window: due.window,
  outcome: due.outcome === 'skipped' ? 'skipped' : null,
  reason: due.outcome === 'skipped' ? due.reason : null,
  reportId: null,
  operationId: null,
  at,
  ...(order ? standingOf(order) : {}),
});

/** Moves a schedule behind its windows, unless it stands elsewhere by now. Returns the moved one, or null. */
function moveOn(input: AcceptWindowsInput, newest: ReportRun | null): Promise<ReportScheduleRow | null> {
  const { database, session, schedule, ordered, at, offsetMs } = input;
  const { _id, tenantId, version, firings, until, pauses, earlierTimes = [] } = schedule;
  const reportedUntil = ordered.at(-1)!.due.window.endAt;
  const nextAt = nextAtOf({ ...windowsOf(schedule), reportedUntil, until });
  const set = {
    reportedUntil: new Date(reportedUntil),
    ...firingAt(nextAt, offsetMs),
    openGroup: nextAt && nextAt <= at ? groupOf(input) : null,
    earlierTimes: earlierTimes.filter((times) => nextAt && new Date(times.until) >= nextAt),
    pauses: pauses.filter((pause) => nextAt && (pause.until === null || new Date(pause.until) > nextAt)),
    ...(newest && isNewest(schedule, newest.window) ? { lastRun: summaryOf(newest) } : {}),
  };
  return database.models.reportSchedules
    .findOneAndUpdate(
      // Whoever triggers a window meanwhile has written the last run.
      { _id, tenantId, state: 'active', version, firings, reportedUntil: schedule.reportedUntil },
      { $set: set, $inc: { firings: 1, ...(newest?.outcome === 'failed' ? { failures: 1 } : {}) } },
      { session, returnDocument: 'after' },
    )
    .lean<ReportScheduleRow>()
    .exec();
}

const summaryOf = ({ window, outcome, reason, reportId, at }: ReportRun): RunSummary => ({
  window,
  outcome,
  reason,
  reportId,
  at,
});
