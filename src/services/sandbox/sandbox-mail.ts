import type { ClientSession } from 'mongoose';
import { newId } from '../../domain/ids';
import type { SandboxMailState } from '../../domain/mail-delivery';
import { tenantOf } from '../../domain/tenant';
import { normaliseEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';
import type { SandboxMail } from '../../models/sandbox/sandbox-mail';
import { insertDocuments, requireInsertable } from '../insert-documents';
import type { MailRow } from '../undeliverable-mails';

/** The parts of a mail that a sandbox keeps. */
export interface ComposedMail {
  to: string;
  subject: string;
  text: string;
}

/** The copy of a mail before its end is known. */
export type SandboxCopy = Omit<SandboxMail, 'state' | 'createdAt' | 'keptSince'>;

export interface SandboxCopyOfInput {
  database: Database;
  row: MailRow;
  mail: ComposedMail;
}

/**
 * Draws up the copy of a mail that its sandbox keeps; null for a mail of a live tenant. Called before the mail is sent,
 * because a fault of ours after that would have the mail sent again.
 * @throws TypeError for a mail that cannot be kept
 */
export function sandboxCopyOf({ database, row, mail }: SandboxCopyOfInput): SandboxCopy | null {
  if (tenantOf(row.tenantId).mode !== 'sandbox') return null;
  const { tenantId, entityType, entityId, correlationId } = row;
  const { template, audience } = row.mail;
  const to = audience === 'operator' ? null : mail.to;
  const copy: SandboxCopy = {
    _id: newId('sandboxMail'),
    tenantId,
    template,
    audience,
    to,
    toKey: to && normaliseEmail(to),
    subject: mail.subject,
    text: mail.text,
    entityType,
    entityId,
    correlationId,
  };
  const now = new Date();
  const whole: SandboxMail = { ...copy, state: 'delivered', createdAt: now, keptSince: now };
  requireInsertable({ model: database.models.sandboxMails, documents: [whole] });
  return copy;
}

const stateAfter: Record<'sent' | 'skipped' | 'withheld' | 'limited' | 'undeliverable', SandboxMailState | null> = {
  sent: 'delivered',
  withheld: 'withheld',
  undeliverable: 'undeliverable',
  limited: 'limited',
  skipped: null,
};

export interface KeepSandboxMailInput {
  database: Database;
  session: ClientSession;
  /** Null for a mail of a live tenant, or one that was never composed. */
  copy: SandboxCopy | null;
  end: keyof typeof stateAfter;
  /** Business time, ISO 8601. */
  at: string;
}

/**
 * Keeps a sandbox's mail for its partner to read, within the caller's transaction. Returns its id; null where nothing
 * is kept.
 */
export async function keepSandboxMail(input: KeepSandboxMailInput): Promise<string | null> {
  const { database, session, copy, end, at } = input;
  const state = stateAfter[end];
  if (copy === null || state === null) return null;
  const kept = { ...copy, state, createdAt: new Date(at), keptSince: new Date() };
  await insertDocuments({ model: database.models.sandboxMails, documents: [kept], session });
  return copy._id;
}
