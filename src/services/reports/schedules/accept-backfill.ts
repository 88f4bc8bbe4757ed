import { REPORT_SCHEDULES, reportBackfillId } from '../../../contracts/reports/report-schedules';
import { taskQueues } from '../../../contracts/task-queues';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import { MAX_BACKFILL_WINDOWS, windowsInRange } from '../../../domain/reports/calendar/missing-windows';
import type { OutboxRow } from '../../../models/outbox-row';
import type { Operation } from '../../../models/sandbox/operation';
import { insertDocuments } from '../../insert-documents';
import { newOperationRow } from '../../new-outbox-row';
import { requireNotEnded, type ScheduleChangeInput } from './change-schedule';
import { missingOf } from './missing-of';

/** The most reports that one mail has. */
const MAX_MAILED = 31;

export interface AcceptBackfillInput extends ScheduleChangeInput {
  /** Local dates of the schedule's zone, both included. */
  from: string;
  to: string;
  /** True to mail the reports to the recipients of the schedule. Defaults to false. */
  deliver?: boolean;
  correlationId: string;
  startDelayMs?: number;
}

/**
 * Writes the operation that makes the missing reports of a range, and the start of its workflow, within the caller's
 * transaction. Where nothing is missing the operation is completed, and the row is null.
 * @throws DomainError `SCHEDULE_ENDED`, `BACKFILL_RUNNING`, `RANGE_TOO_LONG`, and as `windowsInRange`
 */
export async function acceptBackfill(
  input: AcceptBackfillInput,
): Promise<{ operation: Operation; row: OutboxRow | null }> {
  const {
    database,
    session,
    schedule,
    from,
    to,
    deliver = false,
    correlationId,
    by,
    at,
    startDelayMs: delayMs,
  } = input;
  const { _id: scheduleId, tenantId, period, timeZone } = schedule;
  const { models } = database;
  requireNotEnded(schedule);
  const windows = windowsInRange({ period, timeZone, from, to, now: at.toISOString() });
  await requireNoneRunning(input);
  const missing = await missingOf({ database, session, schedule, windows });
  requireFew({ missing, deliver });
  const isMissing = missing.length > 0;
  const begin = new Date(missing[0]?.startAt ?? windows[0]?.startAt ?? at);
  const end = new Date(missing.at(-1)?.endAt ?? windows.at(-1)?.endAt ?? at);
  const operation: Operation = {
    _id: newId('operation'),
    tenantId,
    type: 'backfill_reports',
    state: isMissing ? 'running' : 'completed',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    from: begin,
    target: end,
    reached: isMissing ? begin : end,
    offsets: { fromMs: 0, targetMs: 0, reachedMs: 0 },
    hops: { done: 0, total: missing.length },
    fired: [],
    failure: null,
    sweep: null,
    backfill: { scheduleId, period, timeZone, dates: { from, to }, deliver, accepted: 0, isAccepted: !isMissing },
    by,
  };
  await insertDocuments({ model: models.operations, documents: [operation], session });
  if (!isMissing) return { operation, row: null };
  const workflowId = reportBackfillId(operation._id);
  const start = { workflowType: REPORT_SCHEDULES, workflowId, taskQueue: taskQueues.reports };
  const row = newOperationRow({ operation, start, delayMs });
  await insertDocuments({ model: models.outbox, documents: [row], session });
  return { operation, row };
}

/** The runs of a schedule that had another period before may be more than the windows that were asked for. */
function requireFew({ missing, deliver }: { missing: readonly ReportWindow[]; deliver: boolean }): void {
  const most = deliver ? MAX_MAILED : MAX_BACKFILL_WINDOWS;
  if (missing.length <= most) return;
  throw new DomainError(
    'RANGE_TOO_LONG',
    `${missing.length} reports are missing, and ${most} is the most` +
      `${deliver ? ' that one mail has' : ''}: order fewer.`,
    { pointer: '/to' },
  );
}

/** Every backfill writes the schedule, so that no two of them find none running. */
async function requireNoneRunning({ database, session, schedule }: AcceptBackfillInput): Promise<void> {
  const { _id: scheduleId, tenantId } = schedule;
  const { operations, reportSchedules } = database.models;
  await reportSchedules.updateOne({ _id: scheduleId, tenantId }, { $inc: { firings: 1 } }, { session });
  const running = await operations
    .findOne({ tenantId, state: 'running', 'backfill.scheduleId': scheduleId }, { _id: 1 })
    .session(session)
    .lean();
  if (!running) return;
  throw new DomainError(
    'BACKFILL_RUNNING',
    `The schedule is being backfilled by ${running._id}: order the next backfill when that operation has ended.`,
    { conflictsWith: running._id },
  );
}
