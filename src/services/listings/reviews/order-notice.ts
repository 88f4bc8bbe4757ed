import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { MailRequest } from '../../../contracts/outbox';
import type { Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow, type NewOutboxRowInput } from '../../new-outbox-row';

export interface NoticeOrder {
  /** The entity on whose timeline the mail's outcome is recorded. */
  about: Pick<NewOutboxRowInput, 'tenantId' | 'entityType' | 'entityId' | 'correlationId'>;
  /** Names the recipient within the tenant. */
  recipient: string;
  mail: Omit<MailRequest, 'key'>;
}

interface NoticeTimes {
  /** How long the mail waits for more of the kind, in milliseconds of real time. */
  waitMs: number;
  /** The least time between two mails to a recipient, of whichever kind, in milliseconds of real time; 0 for none. */
  intervalMs: number;
  /**
   * Milliseconds of real time before a mail is due in which it speaks for nothing new, because the caller's transaction
   * might commit after it was written. Defaults to 0, for what was committed before.
   */
  settleMs?: number;
}

interface InTransaction {
  database: Database;
  session: ClientSession;
}

export interface OrderNoticeInput extends InTransaction, NoticeTimes, NoticeOrder {}

/**
 * Orders a mail that speaks for everything that happens until it is due, within the caller's transaction. Orders none
 * while one of the same template to the same recipient is still due, because that one is written when it is sent.
 * Returns the key of the mail that speaks for what the transaction does.
 */
export async function orderNotice(input: OrderNoticeInput): Promise<string> {
  const [key] = await orderNotices({ ...input, orders: [input] });
  return key!;
}

export interface OrderNoticesInput extends InTransaction, NoticeTimes {
  orders: readonly NoticeOrder[];
}

/** Orders the mails of many, as `orderNotice` does for one, in three commands. Returns their keys in that order. */
export async function orderNotices(input: OrderNoticesInput): Promise<string[]> {
  const { database, session, orders, waitMs, intervalMs, settleMs = 0 } = input;
  if (orders.length === 0) return [];
  const { reviewNotices, outbox } = database.models;
  const ids = new Set(orders.flatMap((order) => [idOf(order), ...(intervalMs > 0 ? [anyKindOf(order)] : [])]));
  const found = await reviewNotices
    .find({ _id: { $in: [...ids] } })
    .session(session)
    .lean();
  const lastMs = new Map(found.map(({ _id, dueAt }) => [_id, dueAt.getTime()]));
  const changed = new Map<string, { tenantId: string; dueAt: Date }>();
  const rows: OutboxRow[] = [];
  const now = Date.now();

  const keys = orders.map((order) => {
    const { about, mail } = order;
    const id = idOf(order);
    const due = lastMs.get(id);
    if (due !== undefined && due - settleMs > now) return keyOf(id, due);
    const earlier = intervalMs > 0 ? lastMs.get(anyKindOf(order)) : undefined;
    const dueMs = Math.max(now + waitMs, earlier === undefined ? 0 : earlier + intervalMs);
    const dueAt = new Date(dueMs);
    for (const one of intervalMs > 0 ? [id, anyKindOf(order)] : [id]) {
      lastMs.set(one, dueMs);
      changed.set(one, { tenantId: about.tenantId, dueAt });
    }
    const key = keyOf(id, dueMs);
    const row = newOutboxRow({ ...about, mail: { ...mail, key }, pending: ['mail'] });
    // Ordered for later on purpose: no lag of the outbox, and a mail of that day.
    rows.push({ ...row, createdAt: dueAt, dueAt });
    return key;
  });
  if (rows.length === 0) return keys;
  await reviewNotices.bulkWrite(
    [...changed].map(([_id, set]) => ({ updateOne: { filter: { _id }, update: { $set: set }, upsert: true } })),
    { session },
  );
  await insertDocuments({ model: outbox, documents: rows, session });
  return keys;
}

const keyOf = (id: string, dueMs: number): string => `${id}/${dueMs}`;

const idOf = ({ about: { tenantId }, mail: { template }, recipient }: NoticeOrder): string =>
  hashOf(`${tenantId}\0${template}\0${recipient}`);

/** The last mail of any kind to a recipient, from which the interval counts. */
const anyKindOf = ({ about: { tenantId }, recipient }: NoticeOrder): string => hashOf(`${tenantId}\0${recipient}`);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
