import type { ClientSession } from 'mongoose';
import type { Consumer } from '../contracts/outbox';
import type { Database } from '../models/database';
import { reportDueRows } from '../models/due-rows';
import type { OutboxRow } from '../models/outbox-row';
import { mendStuckItem, openStuckItem } from './operator/stuck-items';

/** After this many failures of its own a row is on the operator's list, and retried every ten minutes. */
export const FAILURES_UNTIL_STUCK = 20;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
const STUCK_RETRY_MS = 600_000;

export interface MarkDoneInput {
  database: Database;
  rowId: string;
  consumer: Consumer;
  /** The transaction in which the consumer's own effect is recorded, so that both happen or neither. */
  session?: ClientSession;
}

/**
 * Records that a consumer's effect has happened; the row is done when the last consumer's has. Returns true to exactly
 * one of several concurrent callers. In a transaction a loser either gets false or its transaction is tried again.
 */
export async function markDone({ database, rowId, consumer, session }: MarkDoneInput): Promise<boolean> {
  const before = await database.models.outbox
    .findOneAndUpdate({ _id: rowId, open: true, pending: consumer }, withoutConsumer(consumer), {
      session,
      updatePipeline: true,
      projection: { failures: 1, pending: 1 },
    })
    .lean();
  if (!before) return false;
  if (isMendedByLast(before)) await mendStuckItem({ database, kind: 'outbox_failing', subject: rowId, session });
  return true;
}

export interface MarkAllDoneInput {
  database: Database;
  /** Rows that were read in the same transaction and still wait for the consumer. */
  rows: readonly Pick<OutboxRow, '_id' | 'failures' | 'pending'>[];
  consumer: Consumer;
  session: ClientSession;
}

/** Records that a consumer's effect on each of many rows has happened, in the transaction of the effects. */
export async function markAllDone({ database, rows, consumer, session }: MarkAllDoneInput): Promise<void> {
  await database.models.outbox.updateMany({ _id: { $in: rows.map(({ _id }) => _id) } }, withoutConsumer(consumer), {
    session,
    updatePipeline: true,
  });
  for (const { _id: subject } of rows.filter(isMendedByLast))
    await mendStuckItem({ database, kind: 'outbox_failing', subject, session });
}

/** Returns the update that takes a consumer off the waiting ones; without the last of them the row is done. */
function withoutConsumer(consumer: Consumer) {
  const isLast = { $eq: [{ $size: '$pending' }, 0] };
  return [
    { $set: { pending: { $filter: { input: '$pending', cond: { $ne: ['$$this', consumer] } } } } },
    {
      $set: {
        open: { $cond: [isLast, '$$REMOVE', true] },
        doneAt: { $cond: [isLast, new Date(), null] },
        lease: { $cond: [isLast, null, '$lease'] },
      },
    },
  ];
}

const isMendedByLast = ({ failures, pending }: Pick<OutboxRow, 'failures' | 'pending'>): boolean =>
  failures >= FAILURES_UNTIL_STUCK && pending.length === 1;

export interface RecordFailureInput {
  database: Database;
  rowId: string;
  error: unknown;
}

/**
 * Counts a failure of the row's own and schedules the next attempt: 1 s, doubled to 1 min; from the twentieth on every
 * 10 min, with an open item on the operator's list. An outage of a server is not a failure of the row: do not call this
 * for an outage.
 */
export async function recordFailure({ database, rowId, error }: RecordFailureInput): Promise<void> {
  const { outbox } = database.models;
  const row = await outbox.findOne({ _id: rowId, open: true }).lean();
  if (!row) return;
  const failures = row.failures + 1;
  const lastError = errorWithoutPersonalData(error);
  const waitMs =
    failures >= FAILURES_UNTIL_STUCK ? STUCK_RETRY_MS : Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  const dueAt = new Date(Date.now() + waitMs);
  // Guarded, so that two concurrent failed attempts count once.
  const { modifiedCount } = await outbox.updateOne(
    { _id: rowId, open: true, failures: row.failures },
    { $set: { failures, lastError, lease: null, dueAt } },
  );
  reportDueRows({ outbox, rows: [{ pending: row.pending, dueAt }] });
  if (modifiedCount === 1 && failures >= FAILURES_UNTIL_STUCK)
    await listFailingRow(database, { ...row, failures, lastError });
}

export interface RetryRowNowInput {
  database: Database;
  rowId: string;
  session: ClientSession;
}

/** Makes an open row due immediately, with no failures counted. */
export async function retryRowNow({ database, rowId, session }: RetryRowNowInput): Promise<void> {
  const { outbox } = database.models;
  const dueAt = new Date();
  const row = await outbox
    .findOneAndUpdate(
      { _id: rowId, open: true },
      { $set: { dueAt, failures: 0, lastError: null, lease: null } },
      { session, projection: { pending: 1 } },
    )
    .lean();
  if (row) reportDueRows({ outbox, rows: [{ pending: row.pending, dueAt }], session });
}

async function listFailingRow(database: Database, row: OutboxRow): Promise<void> {
  const what = row.start ? 'The start of its process' : row.mail ? `The mail "${row.mail.template}"` : 'Its event';
  await openStuckItem({
    database,
    tenantId: row.tenantId,
    kind: 'outbox_failing',
    entityType: row.entityType,
    entityId: row.entityId,
    subject: row._id,
    detail:
      `${what} has failed ${row.failures} times for ${row.pending.join(' and ')}; ` +
      `the platform retries it every 10 minutes. Last error: ${row.lastError ?? 'unknown'}`,
  });
}

const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;
const MAX_ERROR_LENGTH = 300;

/** Returns an error in a form that may be stored and shown: its name, code and text, addresses removed. */
export function errorWithoutPersonalData(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown error';
  const { code } = error as { code?: unknown };
  const codeText = typeof code === 'string' || typeof code === 'number' ? ` ${code}` : '';
  const text = `${error.name}${codeText}: ${error.message}`;
  return text.replace(ADDRESS, '[address]').slice(0, MAX_ERROR_LENGTH);
}
