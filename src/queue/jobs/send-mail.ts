import { createHash } from 'node:crypto';
import type { Mailer } from '../../clients/mailer';
import type { MailRequest } from '../../contracts/outbox';
import { signVerificationToken } from '../../contracts/verification-token';
import { tenantOf } from '../../domain/tenant';
import { composeMail } from '../../mails/compose-mail';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/onboarding';
import { markDone } from '../../models/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import type { ActOnRow } from '../consume-row';

export interface CreateSendMailInput {
  database: Database;
  mailer: Pick<Mailer, 'send'>;
  /** Where the recipient's browser reaches the api, such as `https://api.example.com`. */
  publicUrl: string;
  /** Signs the links of verification mails. */
  verificationSecret: string;
}

/**
 * Sends the mail a row asks for, with what MongoDB says now: nothing personal comes through the queue. A mail may be sent twice
 * when the process dies after the server took it; it has the same Message-ID then, made of its key.
 */
export function createSendMail({ database, mailer, publicUrl, verificationSecret }: CreateSendMailInput): ActOnRow {
  const host = new URL(publicUrl).hostname;
  const done = (row: OutboxRow) => markDone({ database, rowId: row._id, consumer: 'mail' });
  return async (row) => {
    const { mail, tenantId } = row;
    const onboarding = mail ? await database.models.onboardings.findOne({ _id: row.entityId, tenantId }).lean() : null;
    if (!mail || !onboarding || isDeadLink(mail, onboarding)) return done(row);
    const link = linkOf({ mail, onboarding, publicUrl, verificationSecret });
    const { to, ...content } = await addressed({ database, mail, onboarding, link });
    await mailer.send({
      messageId: `${createHash('sha256').update(mail.key).digest('hex').slice(0, 32)}@${host}`,
      to,
      ...content,
      // RFC 3834: keeps out-of-office replies from coming back.
      headers: { 'X-Correlation-Id': row.correlationId, 'Auto-Submitted': 'auto-generated' },
    });
    return done(row);
  };
}

const withLink = new Set<MailRequest['template']>(['verification', 'verificationReminder']);

/** A link is not sent any more once a newer one exists or nobody waits for it: it would only lead to a page that says so. */
function isDeadLink({ template, data }: MailRequest, { state, verification }: Onboarding): boolean {
  return withLink.has(template) && (state !== 'awaiting_verification' || verification.generation > generationOf(data));
}

function generationOf(data: MailRequest['data']): number {
  if (typeof data.generation !== 'number') throw new TypeError('A mail with a link needs data.generation, the number of the link');
  return data.generation;
}

interface LinkInput {
  mail: MailRequest;
  onboarding: Onboarding;
  publicUrl: string;
  verificationSecret: string;
}

function linkOf({ mail, onboarding, publicUrl, verificationSecret }: LinkInput): string | null {
  if (!withLink.has(mail.template)) return null;
  const token = signVerificationToken({ secret: verificationSecret, onboardingId: onboarding._id, generation: generationOf(mail.data) });
  return `${publicUrl.replace(/\/+$/, '')}/api/v1/verify/${token}`;
}

/** Loads who is written to and what about. A mail without an address of its own goes to the user, in the user's language and time zone. */
async function addressed({ database, mail, onboarding, link }: { database: Database; mail: MailRequest; onboarding: Onboarding; link: string | null }) {
  const { tenantId, _id: onboardingId, userId, undoing, verification, until } = onboarding;
  const { users, partners, entitlements } = database.models;
  const [user, partner, entitlement] = await Promise.all([
    users.findOne({ _id: userId, tenantId }).lean(),
    partners.findById(tenantOf(tenantId).partnerId).lean(),
    mail.template === 'welcome' ? entitlements.findOne({ tenantId, onboardingId, state: 'active' }).lean() : null,
  ]);
  if (!user || !partner) throw new Error(`The ${user ? 'partner' : 'user'} of ${onboardingId} does not exist`);
  const { locale, timeZone } = mail.to === null ? user : partner;
  const expiresAt = typeof mail.data.expiresAt === 'string' ? new Date(mail.data.expiresAt) : verification.expiresAt;
  return {
    to: mail.to ?? user.email,
    ...composeMail({
      template: mail.template,
      locale,
      timeZone,
      facts: {
        name: user.name,
        partnerName: partner.name,
        onboardingId,
        link,
        until: link ? expiresAt : until,
        reason: typeof mail.data.reason === 'string' ? mail.data.reason : (undoing?.reason ?? null),
        entitlementCode: entitlement?.code ?? null,
      },
    }),
  };
}
