import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Mailer, MailRefused } from '../../clients/mailer/mailer';
import type { FileStore } from '../../domain/reports/file-store';
import { isWithheld, type SandboxMailSetting } from '../../domain/mail-delivery';
import { tenantOf } from '../../domain/tenant';
import { composeMail } from '../../mails/compose-mail';
import { loadMail } from '../../mails/load-mail';
import type { LoadedMail, LoadMailInput } from '../../mails/mail-definition';
import { mails } from '../../mails/mails';
import type { RenderedMail } from '../../mails/render-mail';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { createClock } from '../../services/clock';
import { countMail, type MailEnd, type MailLimits } from '../../services/mail-limit';
import { recordMailOutcome } from '../../services/mail-outcome';
import { markDone } from '../../services/outbox';
import { createReportMails } from '../../services/reports/delivery/report-mails';
import { sandboxCopyOf } from '../../services/sandbox/sandbox-mail';
import type { MailRow } from '../../services/undeliverable-mails';
import type { QueueMetrics } from '../queue-metrics';
import type { ActOnRow } from '../relay/consume-row';

export interface CreateSendMailInput extends Pick<LoadMailInput, 'publicUrl' | 'verificationSecret'> {
  database: Database;
  mailer: Pick<Mailer, 'send'>;
  /** Has the files of reports, which come with mails. */
  fileStore: Pick<FileStore, 'read'>;
  sandboxMail: SandboxMailSetting;
  /** No mail of a sandbox goes to this address. */
  operatorEmail: string;
  limits: MailLimits;
  logger: Pick<Logger, 'warn'>;
  metrics?: Pick<QueueMetrics, 'mailEnded'>;
}

/** A mail that the server refuses for good is offered this many times: some servers refuse for good what passes. */
export const TRIES_OF_REFUSED_MAIL = 3;

/**
 * Sends the mail that a row requests, composed from the present data in MongoDB: no personal data goes through the
 * queue. The outcome is recorded on the timeline of the mail's entity. A mail of a sandbox may be withheld instead, and
 * is kept in the sandbox either way; a mail above the limits is not sent. A mail may be sent twice when the process
 * dies after the server accepted it; both have the same Message-ID, derived from the mail's key.
 *
 * Throws, for another attempt, when the server is down or refuses the mail for now (4yz); and for a final refusal,
 * until the mail has been tried three times.
 */
export function createSendMail(input: CreateSendMailInput): ActOnRow {
  const { database, publicUrl, verificationSecret, limits, logger, metrics } = input;
  const { models } = database;
  const clock = createClock({ database });
  const reportMails = createReportMails({ ...input, secret: verificationSecret });

  const endOf = async (row: MailRow, mail: AddressedMail): Promise<MailEnd> => {
    if (await isKeptInSandbox(input, row, mail)) return { outcome: 'withheld' };
    const reached = await countMail({ database, row, to: mail.to, limits });
    return reached ? { outcome: 'limited', ...reached } : offer(input, row, mail);
  };
  const send = async (row: MailRow): Promise<boolean> => {
    const { tenantId, entityId, mail: request } = row;
    const at = await clock.now(tenantId);
    const about = { models, tenantId, entityId, mail: request, at, publicUrl, verificationSecret, reportMails };
    const loaded = await loadMail(about);
    const mail = loaded && {
      to: loaded.to,
      headers: loaded.headers,
      attachments: loaded.attachments,
      ...composeMail({
        template: mails[request.template],
        audience: request.audience,
        mode: tenantOf(tenantId).mode,
        ...loaded,
      }),
    };
    const copy = mail && sandboxCopyOf({ database, row, mail });
    const end: MailEnd = mail ? await endOf(row, mail) : { outcome: 'skipped' };
    const isFirst = await recordMailOutcome({ database, row, end, copy });
    if (!isFirst) return false;
    metrics?.mailEnded({ mode: tenantOf(tenantId).mode, outcome: end.outcome });
    if (end.outcome === 'limited')
      logger.warn({ tenantId, entityId, limit: end.limit, perDay: end.perDay }, 'A mail was not sent: limit reached');
    return true;
  };

  return async (row) => (requestsMail(row) ? send(row) : markDone({ database, rowId: row._id, consumer: 'mail' }));
}

type AddressedMail = RenderedMail & Pick<LoadedMail, 'to' | 'headers' | 'attachments'>;

async function isKeptInSandbox(
  { database, sandboxMail, operatorEmail }: CreateSendMailInput,
  { tenantId, mail: { audience } }: MailRow,
  { to }: AddressedMail,
): Promise<boolean> {
  const { partnerId, mode } = tenantOf(tenantId);
  if (mode === 'live') return false;
  const partner = await database.models.partners.findById(partnerId, { reviewers: 1, 'listings.deputies': 1 }).lean();
  return isWithheld({
    mode,
    setting: sandboxMail,
    audience,
    to,
    operatorEmail,
    reviewers: [...(partner?.reviewers ?? []), ...(partner?.listings?.deputies ?? [])],
  });
}

async function offer(
  { mailer, publicUrl }: CreateSendMailInput,
  { correlationId, mail: { key }, failures }: MailRow,
  mail: AddressedMail,
): Promise<MailEnd> {
  const host = new URL(publicUrl).hostname;
  try {
    await mailer.send({
      messageId: `${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${host}`,
      ...mail,
      // RFC 3834: keeps out-of-office replies from coming back.
      headers: { ...mail.headers, 'X-Correlation-Id': correlationId, 'Auto-Submitted': 'auto-generated' },
    });
    return { outcome: 'sent' };
  } catch (error) {
    if (!isFinalRefusal(error) || failures + 1 < TRIES_OF_REFUSED_MAIL) throw error;
    const { code, status, atRecipient } = error;
    return { outcome: 'undeliverable', to: mail.to, refusal: { code, status }, atRecipient };
  }
}

const requestsMail = (row: OutboxRow): row is MailRow => row.mail !== null;

const isFinalRefusal = (error: unknown): error is MailRefused =>
  error instanceof Error && error.name === 'MailRefused' && (error as MailRefused).isFinal;
