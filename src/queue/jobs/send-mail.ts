import { createHash } from 'node:crypto';
import type { Mailer } from '../../clients/mailer/mailer';
import { composeMail } from '../../mails/compose-mail';
import { loadMail } from '../../mails/load-mail';
import type { LoadMailInput } from '../../mails/mail-definition';
import { mails } from '../../mails/mails';
import type { Database } from '../../models/database';
import { markDone } from '../../services/outbox';
import type { ActOnRow } from '../relay/consume-row';

export interface CreateSendMailInput extends Pick<LoadMailInput, 'publicUrl' | 'verificationSecret'> {
  database: Database;
  mailer: Pick<Mailer, 'send'>;
}

/**
 * Sends the mail that a row requests, composed from the present data in MongoDB: no personal data goes through the
 * queue. A mail may be sent twice when the process dies after the server accepted it; both have the same Message-ID,
 * derived from the mail's key.
 */
export function createSendMail({ database, mailer, publicUrl, verificationSecret }: CreateSendMailInput): ActOnRow {
  const { models } = database;
  const host = new URL(publicUrl).hostname;
  return async ({ _id: rowId, tenantId, entityId, correlationId, mail }) => {
    const loaded = mail && (await loadMail({ models, tenantId, entityId, mail, publicUrl, verificationSecret }));
    if (loaded) {
      const { to, ...reader } = loaded;
      await mailer.send({
        messageId: `${createHash('sha256').update(mail.key).digest('hex').slice(0, 32)}@${host}`,
        to,
        ...composeMail({ template: mails[mail.template], ...reader }),
        // RFC 3834: keeps out-of-office replies from coming back.
        headers: { 'X-Correlation-Id': correlationId, 'Auto-Submitted': 'auto-generated' },
      });
    }
    return markDone({ database, rowId, consumer: 'mail' });
  };
}
