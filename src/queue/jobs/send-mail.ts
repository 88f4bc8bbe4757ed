import { createHash } from 'node:crypto';
import type { Mailer, MailRefused } from '../../clients/mailer/mailer';
import type { MailRefusal } from '../../domain/mail-refusal';
import { composeMail } from '../../mails/compose-mail';
import { loadMail } from '../../mails/load-mail';
import type { LoadedMail, LoadMailInput } from '../../mails/mail-definition';
import { mails } from '../../mails/mails';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { recordMailOutcome, type RecordMailOutcomeInput } from '../../services/mail-outcome';
import { markDone } from '../../services/outbox';
import type { MailRow } from '../../services/undeliverable-mails';
import type { ActOnRow } from '../relay/consume-row';

export interface CreateSendMailInput extends Pick<LoadMailInput, 'publicUrl' | 'verificationSecret'> {
  database: Database;
  mailer: Pick<Mailer, 'send'>;
}

/** A mail that the server refuses for good is offered this many times: some servers refuse for good what passes. */
export const TRIES_OF_REFUSED_MAIL = 3;

/**
 * Sends the mail that a row requests, composed from the present data in MongoDB: no personal data goes through the
 * queue. The outcome is recorded on the timeline of the mail's entity. A mail may be sent twice when the process dies
 * after the server accepted it; both have the same Message-ID, derived from the mail's key.
 *
 * Throws, for another attempt, when the server is down or refuses the mail for now (4yz); and for a final refusal,
 * until the mail has been tried three times.
 */
export function createSendMail({ database, mailer, publicUrl, verificationSecret }: CreateSendMailInput): ActOnRow {
  const { models } = database;
  const host = new URL(publicUrl).hostname;

  const send = async (
    { correlationId, mail, failures }: MailRow,
    loaded: LoadedMail,
  ): Promise<'sent' | MailRefusal> => {
    const { to, ...reader } = loaded;
    try {
      await mailer.send({
        messageId: `${createHash('sha256').update(mail.key).digest('hex').slice(0, 32)}@${host}`,
        to,
        ...composeMail({ template: mails[mail.template], ...reader }),
        // RFC 3834: keeps out-of-office replies from coming back.
        headers: { 'X-Correlation-Id': correlationId, 'Auto-Submitted': 'auto-generated' },
      });
      return 'sent';
    } catch (error) {
      if (!isFinalRefusal(error) || failures + 1 < TRIES_OF_REFUSED_MAIL) throw error;
      const { code, status } = error;
      return { code, status };
    }
  };
  const outcomeOf = async (row: MailRow): Promise<RecordMailOutcomeInput['outcome']> => {
    const { tenantId, entityId, mail } = row;
    const loaded = await loadMail({ models, tenantId, entityId, mail, publicUrl, verificationSecret });
    return loaded ? send(row, loaded) : 'skipped';
  };

  return async (row) =>
    requestsMail(row)
      ? recordMailOutcome({ database, row, outcome: await outcomeOf(row) })
      : markDone({ database, rowId: row._id, consumer: 'mail' });
}

const requestsMail = (row: OutboxRow): row is MailRow => row.mail !== null;

const isFinalRefusal = (error: unknown): error is MailRefused =>
  error instanceof Error && error.name === 'MailRefused' && (error as MailRefused).isFinal;
