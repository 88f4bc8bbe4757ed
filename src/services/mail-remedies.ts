import type { ClientSession } from 'mongoose';
import type { Actor } from '../domain/actor';
import { DomainError } from '../domain/domain-error';
import type { Database } from '../models/database';
import { insertDocuments } from './insert-documents';
import { recordMailEvent } from './mail-outcome';
import { newOutboxRow } from './new-outbox-row';
import { endMail } from './undeliverable-mails';

export interface MailRemedyInput {
  database: Database;
  session: ClientSession;
  /** The row of the mail. */
  rowId: string;
  /** Business time, ISO 8601. */
  at: string;
  by: Actor;
}

/**
 * Sends an undeliverable mail again, in a row of its own: to the present address, with the same Message-ID.
 * @throws DomainError `ILLEGAL_STATE` where the mail no longer exists
 */
export async function restartMail({ rowId, ...input }: MailRemedyInput): Promise<void> {
  const { database, session } = input;
  const row = await endMail({ database, session, rowId });
  if (!row) throw new DomainError('ILLEGAL_STATE', 'The mail no longer exists. Close the item.');
  const { tenantId, entityType, entityId, correlationId, mail } = row;
  const again = newOutboxRow({ tenantId, entityType, entityId, correlationId, mail, pending: ['mail'] });
  await insertDocuments({ model: database.models.outbox, documents: [again], session });
  await recordMailEvent({ ...input, row, outcome: 'mail_restarted' });
}

/** Gives up a mail that was not sent, and records that on its entity's timeline. Does nothing for any other row. */
export async function closeMail({ rowId, ...input }: MailRemedyInput): Promise<void> {
  const { database, session } = input;
  const row = await endMail({ database, session, rowId });
  if (row) await recordMailEvent({ ...input, row, outcome: 'mail_closed' });
}
