import { createHash } from 'node:crypto';
import type { Mailer } from '../../clients/mailer/mailer';
import type { MailRequest } from '../../contracts/outbox';
import { signVerificationToken } from '../../contracts/users/verification-token';
import { firstSpoken } from '../../domain/locale';
import { moneyOf } from '../../domain/money';
import { formatMoney } from '../../domain/money-text';
import { tenantOf } from '../../domain/tenant';
import { composeMail } from '../../mails/compose-mail';
import { languageOf, languages } from '../../mails/mail-text';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import { markDone } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import type { ActOnRow } from '../relay/consume-row';

export interface CreateSendMailInput {
  database: Database;
  mailer: Pick<Mailer, 'send'>;
  /** Where the recipient's browser reaches the api, such as `https://api.example.com`. */
  publicUrl: string;
  /** Signs the links of verification mails. */
  verificationSecret: string;
}

/**
 * Sends the mail a row asks for, with what MongoDB says now: nothing personal comes through the queue. A mail may be
 * sent twice when the process dies after the server took it; it has the same Message-ID then, made of its key.
 */
export function createSendMail({ database, mailer, publicUrl, verificationSecret }: CreateSendMailInput): ActOnRow {
  const host = new URL(publicUrl).hostname;
  const done = (row: OutboxRow) => markDone({ database, rowId: row._id, consumer: 'mail' });
  return async (row) => {
    const { mail } = row;
    const letter =
      mail &&
      (row.entityType === 'subscription'
        ? await aboutSubscription({ database, mail, row })
        : await aboutOnboarding({ database, mail, row, publicUrl, verificationSecret }));
    if (!mail || !letter) return done(row);
    const { to, ...content } = letter;
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

/**
 * A link is not sent any more once a newer one exists or nobody waits for it: it would only lead to a page that says
 * so.
 */
function isDeadLink({ template, data }: MailRequest, { state, verification }: Onboarding): boolean {
  return withLink.has(template) && (state !== 'awaiting_verification' || verification.generation > generationOf(data));
}

function generationOf(data: MailRequest['data']): number {
  if (typeof data.generation !== 'number')
    throw new TypeError('A mail with a link needs data.generation, the number of the link');
  return data.generation;
}

interface LetterInput {
  database: Database;
  mail: MailRequest;
  row: OutboxRow;
}

type Letter = { to: string } & ReturnType<typeof composeMail>;

interface OnboardingLetterInput extends LetterInput {
  publicUrl: string;
  verificationSecret: string;
}

function linkOf({ mail, row, publicUrl, verificationSecret }: OnboardingLetterInput): string | null {
  if (!withLink.has(mail.template)) return null;
  const token = signVerificationToken({
    secret: verificationSecret,
    onboardingId: row.entityId,
    generation: generationOf(mail.data),
  });
  return `${publicUrl.replace(/\/+$/, '')}/api/v1/verify/${token}`;
}

/**
 * Loads who is written to and what about. A mail without an address of its own goes to the user, in the user's language
 * and time zone. Null where it is not wanted any more.
 */
async function aboutOnboarding(input: OnboardingLetterInput): Promise<Letter | null> {
  const { database, mail, row } = input;
  const { tenantId, entityId: onboardingId } = row;
  const { onboardings, users, partners, entitlements } = database.models;
  const onboarding = await onboardings.findOne({ _id: onboardingId, tenantId }).lean();
  if (!onboarding || isDeadLink(mail, onboarding)) return null;
  const { userId, undoing, verification, until } = onboarding;
  const [user, partner, entitlement] = await Promise.all([
    users.findOne({ _id: userId, tenantId }).lean(),
    partners.findById(tenantOf(tenantId).partnerId).lean(),
    mail.template === 'welcome' ? entitlements.findOne({ tenantId, onboardingId, state: 'active' }).lean() : null,
  ]);
  if (!user || !partner) throw new Error(`The ${user ? 'partner' : 'user'} of ${onboardingId} does not exist`);
  const reader = mail.to === null ? user : partner;
  const expiresAt = typeof mail.data.expiresAt === 'string' ? new Date(mail.data.expiresAt) : verification.expiresAt;
  const link = linkOf(input);
  return {
    to: mail.to ?? user.email,
    ...composeMail({
      template: mail.template,
      locale: firstSpoken([reader.locale, partner.locale], languages),
      timeZone: reader.timeZone,
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

/**
 * To the user whose subscription it is, with the plan, amount and time that were true when it was asked for. One
 * without a user has nobody to write to.
 */
async function aboutSubscription({ database, mail, row }: LetterInput): Promise<Letter | null> {
  const { tenantId, entityId } = row;
  const { subscriptions, users, partners } = database.models;
  const { userId } = (await subscriptions.findOne({ _id: entityId, tenantId }, { userId: 1 }).lean()) ?? {};
  const [user, partner] = await Promise.all([
    userId ? users.findOne({ _id: userId, tenantId }).lean() : null,
    partners.findById(tenantOf(tenantId).partnerId).lean(),
  ]);
  if (!user || !partner) return null;
  const { timeZone, email: to, name } = user;
  const locale = firstSpoken([user.locale, partner.locale], languages);
  const { planName, amountMinor, currency, until } = mail.data;
  const subscription = {
    planName: String(planName),
    amount: formatMoney({ money: moneyOf(Number(amountMinor), String(currency)), locale: languageOf(locale) }),
    isNothing: Number(amountMinor) === 0,
  };
  return {
    to,
    ...composeMail({
      template: mail.template,
      locale,
      timeZone,
      facts: {
        name,
        partnerName: partner.name,
        onboardingId: entityId,
        link: null,
        until: typeof until === 'string' ? new Date(until) : null,
        reason: null,
        entitlementCode: null,
        subscription,
      },
    }),
  };
}
