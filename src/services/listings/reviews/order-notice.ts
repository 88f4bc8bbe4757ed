import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { MailRequest } from '../../../contracts/outbox';
import type { Database } from '../../../models/database';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow, type NewOutboxRowInput } from '../../new-outbox-row';

export interface OrderNoticeInput {
  database: Database;
  session: ClientSession;
  /** The entity on whose timeline the mail's outcome is recorded. */
  about: Pick<NewOutboxRowInput, 'tenantId' | 'entityType' | 'entityId' | 'correlationId'>;
  /** Names the recipient within the tenant and the kind of mail. */
  recipient: string;
  mail: Omit<MailRequest, 'key'>;
  /** How long the mail waits for more of the kind, in milliseconds of real time. */
  waitMs: number;
  /** The least time between two mails, in milliseconds of real time. */
  intervalMs: number;
  /**
   * Milliseconds of real time before a mail is due in which it speaks for nothing new, because the caller's transaction
   * might commit after it was written. Defaults to 0, for what was committed before.
   */
  settleMs?: number;
}

/**
 * Orders a mail that speaks for everything that happens until it is due, within the caller's transaction. Orders none
 * while one to the same recipient is still due, because that one is written when it is sent. Returns the key of the
 * mail that speaks for what the transaction does.
 */
export async function orderNotice(input: OrderNoticeInput): Promise<string> {
  const { database, session, about, recipient, mail, waitMs, intervalMs, settleMs = 0 } = input;
  const { reviewNotices, outbox } = database.models;
  const { tenantId } = about;
  const text = `${tenantId}\0${mail.template}\0${recipient}`;
  const _id = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const now = Date.now();
  const last = await reviewNotices.findOne({ _id, tenantId }).session(session).lean();
  const keyOf = (due: Date) => `${_id}/${due.getTime()}`;
  if (last && last.dueAt.getTime() - settleMs > now) return keyOf(last.dueAt);
  const dueAt = new Date(Math.max(now + waitMs, last ? last.dueAt.getTime() + intervalMs : 0));
  await reviewNotices.updateOne({ _id }, { $set: { tenantId, dueAt } }, { session, upsert: true });
  const key = keyOf(dueAt);
  const row = newOutboxRow({ ...about, mail: { ...mail, key }, pending: ['mail'] });
  // Ordered for later on purpose: no lag of the outbox, and a mail of that day.
  await insertDocuments({ model: outbox, documents: [{ ...row, createdAt: dueAt, dueAt }], session });
  return key;
}
