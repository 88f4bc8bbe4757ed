import type { ClientSession } from 'mongoose';
import type { MailAudience } from '../../../domain/mail-delivery';
import { NOTICE_INTERVAL_MS } from '../../../domain/listings/review';
import { tenantOf } from '../../../domain/tenant';
import { mailboxOf } from '../../../domain/values/email';
import type { Database } from '../../../models/database';
import { findListingSettings } from '../partner-settings';
import { orderNotice } from './order-notice';
import { findReview } from './review-step';

export interface NotifyReviewersInput {
  database: Database;
  tenantId: string;
  reviewId: string;
  audience: 'reviewers' | 'deputies';
  operatorEmail: string;
}

const templates = { reviewers: 'reviewsWaiting', deputies: 'reviewsOverdue' } as const;

interface Recipient {
  to: string;
  audience: MailAudience;
  name: string;
}

/**
 * Notifies everybody who may decide: at most one mail to one person in 15 minutes of real time, of any kind. A mail is
 * written when it is sent, with the number of reviews that wait by then, so a review that comes while one is due needs
 * no other. A repeat changes nothing, and neither does a notice for another run of the same review.
 */
export async function notifyReviewers(input: NotifyReviewersInput): Promise<void> {
  const { database, tenantId, reviewId } = input;
  const { isAnnounced, correlationId } = await findReview({ database, change: { tenantId, reviewId } });
  if (input.audience === 'reviewers' && isAnnounced) return;
  const recipients = await recipientsOf(input);
  await database.inTransaction(async (session) => {
    if (!(await isFirst({ ...input, session }))) return;
    for (const recipient of recipients) await orderMail({ ...input, session, correlationId, recipient });
  });
}

/** Records that a review was announced to an audience; false where that is recorded already. */
async function isFirst({ database, session, tenantId, reviewId, audience }: NotifyReviewersInput & InSession) {
  const { upsertedCount } = await database.models.reviewNotices.updateOne(
    { _id: `${reviewId}/${templates[audience]}` },
    { $setOnInsert: { tenantId, dueAt: new Date() } },
    { session, upsert: true },
  );
  return upsertedCount > 0;
}

async function recipientsOf({ database, tenantId, audience, operatorEmail }: NotifyReviewersInput) {
  const { reviewers, deputies } = await findListingSettings({ database, tenantId });
  const chosen = audience === 'deputies' && deputies.length > 0 ? deputies : reviewers;
  const people: Recipient[] = chosen.map((to, index) => ({
    to,
    audience: 'reviewer',
    name: `${chosen === deputies ? 'deputy' : 'reviewer'} ${index + 1}`,
  }));
  const withOperator = people.length === 0 || (audience === 'deputies' && tenantOf(tenantId).mode === 'live');
  return withOperator
    ? [...people, { to: operatorEmail, audience: 'operator' as const, name: 'the operator' }]
    : people;
}

interface InSession {
  session: ClientSession;
}

interface OrderMailInput extends NotifyReviewersInput, InSession {
  correlationId: string;
  recipient: Recipient;
}

async function orderMail(input: OrderMailInput): Promise<void> {
  const { database, session, tenantId, reviewId, audience, correlationId, recipient } = input;
  await orderNotice({
    database,
    session,
    about: { tenantId, entityType: 'listing_review', entityId: reviewId, correlationId },
    recipient: `${recipient.audience}\0${mailboxOf(recipient.to)}`,
    mail: {
      template: templates[audience],
      audience: recipient.audience,
      to: recipient.to,
      data: { recipient: recipient.name },
    },
    waitMs: 0,
    intervalMs: NOTICE_INTERVAL_MS,
  });
}
