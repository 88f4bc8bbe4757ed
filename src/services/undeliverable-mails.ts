import type { ClientSession } from 'mongoose';
import type { MailRequest } from '../contracts/outbox';
import { mailName } from '../contracts/mail-events';
import { refusalCodes, type MailRefusal } from '../domain/mail-refusal';
import type { Database } from '../models/database';
import type { OutboxRow } from '../models/outbox-row';
import { mendStuckItem, openStuckItem } from './operator/stuck-items';

/** A row that requests a mail. */
export type MailRow = OutboxRow & { mail: MailRequest };

export interface GiveUpMailInput {
  database: Database;
  session: ClientSession;
  row: MailRow;
  refusal: MailRefusal;
}

/**
 * Takes a mail that the server refused for good out of the outbox and puts it on the operator's list, within the
 * caller's transaction. The row stays as it is, neither open nor done, until somebody decides about it. Returns false
 * when the row is not open any more.
 */
export async function giveUpMail({ database, session, row, refusal }: GiveUpMailInput): Promise<boolean> {
  const { _id, tenantId, entityType, entityId, mail, failures } = row;
  const codes = refusalCodes(refusal);
  const { modifiedCount } = await database.models.outbox.updateOne(
    { _id, open: true, pending: 'mail' },
    { $set: { failures: failures + 1, lastError: codes, lease: null }, $unset: { open: 1 } },
    { session },
  );
  if (modifiedCount === 0) return false;
  await mendStuckItem({ database, session, kind: 'outbox_failing', subject: _id });
  await openStuckItem({
    database,
    session,
    kind: 'mail_undeliverable',
    tenantId,
    entityType,
    entityId,
    subject: _id,
    detail:
      `${mailName({ template: mail.template, ...mail.data })} is undeliverable: ` +
      `the mail server refused it ${failures + 1} time(s), at last with ${codes}`,
  });
  return true;
}

export interface EndMailInput {
  database: Database;
  session: ClientSession;
  rowId: string;
}

/** Ends the row of an undeliverable mail within the caller's transaction. Returns the row; null where there is none. */
export async function endMail({ database, session, rowId }: EndMailInput): Promise<MailRow | null> {
  const row = await database.models.outbox
    .findOneAndUpdate(
      { _id: rowId, mail: { $ne: null }, doneAt: null },
      { $set: { pending: [], doneAt: new Date(), lease: null }, $unset: { open: 1 } },
      { session },
    )
    .lean();
  return row as MailRow | null;
}

export interface RetireMailsInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  entityId: string;
  isRetired: (mail: MailRequest) => boolean;
}

/** Takes undeliverable mails that are wanted no more off the operator's list, within the caller's transaction. */
export async function retireMails({
  database,
  session,
  tenantId,
  entityId,
  isRetired,
}: RetireMailsInput): Promise<void> {
  const givenUp = await database.models.outbox
    .find({ entityId, tenantId, pending: 'mail', open: { $exists: false } }, { mail: 1 })
    .session(session)
    .lean();
  for (const { _id: rowId, mail } of givenUp) {
    if (!mail || !isRetired(mail)) continue;
    await endMail({ database, session, rowId });
    await mendStuckItem({ database, session, kind: 'mail_undeliverable', subject: rowId });
  }
}
