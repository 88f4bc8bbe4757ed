import { randomUUID } from 'node:crypto';
import type { Consumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';

export interface OutboxLease {
  token: string;
  rows: OutboxRow[];
}

export interface LeaseRowsInput {
  database: Database;
  /** Leases only rows that wait for one of these. */
  consumers: readonly Consumer[];
  atMost: number;
  leaseMs: number;
}

/**
 * Leases open rows that are due and not leased by another relay: until `leaseMs` have passed no other relay gets them,
 * and after that any relay does, so a row of a relay that died is sent again. The longest due come first.
 *
 * 1. Ids of due rows are only a hint: another relay may be reading the same ones.
 * 2. The guarded update decides, row by row: moving `dueAt` into the future is the lease. It runs in a transaction, as
 *    every write of many documents does (docs/decisions/0031-many-documents-in-a-transaction.md).
 * 3. The rows that carry our token are ours.
 */
export async function leaseRows({ database, consumers, atMost, leaseMs }: LeaseRowsInput): Promise<OutboxLease> {
  const { outbox } = database.models;
  const token = randomUUID();
  const now = new Date();
  const waitingFor = consumers.length === 1 ? consumers[0] : { $in: [...consumers] };
  const due = { open: true as const, pending: waitingFor, dueAt: { $lte: now } };
  const hints = await outbox.find(due, { _id: 1 }).sort({ dueAt: 1 }).limit(atMost).lean();
  if (hints.length === 0) return { token, rows: [] };
  const { modifiedCount } = await database.inTransaction((session) =>
    outbox.updateMany(
      { _id: { $in: hints.map(({ _id }) => _id) }, open: true, dueAt: { $lte: now } },
      { $set: { lease: token, dueAt: new Date(Date.now() + leaseMs) } },
      { session },
    ),
  );
  const rows = modifiedCount === 0 ? [] : await outbox.find({ lease: token, open: true }).lean();
  return { token, rows };
}

export interface ReleaseRowsInput {
  database: Database;
  token: string;
  rowIds: readonly string[];
  /** Milliseconds until they are due again; 0 is immediately. */
  afterMs: number;
}

/** Releases leased rows. A row that was done or leased again meanwhile is left as it is. */
export async function releaseRows({ database, token, rowIds, afterMs }: ReleaseRowsInput): Promise<void> {
  if (rowIds.length === 0) return;
  await database.inTransaction((session) =>
    database.models.outbox.updateMany(
      { _id: { $in: [...rowIds] }, lease: token, open: true },
      { $set: { lease: null, dueAt: new Date(Date.now() + afterMs) } },
      { session },
    ),
  );
}
