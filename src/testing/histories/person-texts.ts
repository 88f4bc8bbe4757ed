import type { Database } from '../../models/database';

/** Shorter texts, such as initials, occur within ids by chance. */
const MIN_LENGTH = 3;

/** Keys of a command's payload that hold an id of ours. */
const ID_KEYS: readonly string[] = ['refundId'];

/**
 * Returns every text in the database that a person or a partner wrote: addresses, as they were written and as they are
 * compared, names, references, notes, reasons, descriptions, deny lists, metadata, payment methods, and the texts of
 * listings with those of their reviewers.
 */
export async function findPersonTexts({ models }: Pick<Database, 'models'>): Promise<string[]> {
  const [payloads, users, partners, payments, refunds, plans, subscriptions, revisions, listings, reviews, delivered] =
    await Promise.all([
      models.commandPayloads.find({}, { payload: 1 }).lean(),
      models.users.find({}, { email: 1, emailKey: 1, name: 1, profile: 1, metadata: 1 }).lean(),
      models.partners.find({}, { name: 1, reviewers: 1, denyList: 1, listings: 1, metadata: 1 }).lean(),
      models.payments.find({}, { paymentMethod: 1, customerId: 1, orderRef: 1, description: 1, metadata: 1 }).lean(),
      models.refunds.find({}, { reason: 1 }).lean(),
      models.plans.find({}, { name: 1 }).lean(),
      models.subscriptions.find({}, { customerId: 1, paymentMethod: 1, metadata: 1 }).lean(),
      models.listingRevisions.find({}, { content: 1 }).lean(),
      models.listings.find({}, { ownerRef: 1, suspension: 1 }).lean(),
      models.listingReviews.find({}, { submittedBy: 1, decision: 1 }).lean(),
      models.reports.find({}, { deliverTo: 1 }).lean(),
    ]);
  const written: unknown[] = [
    payloads.map(({ payload }) =>
      Object.entries(payload).map(([key, value]) => (ID_KEYS.includes(key) ? null : value)),
    ),
    users.map(({ email, emailKey, name, profile, metadata }) => [email, emailKey, name, profile, metadata]),
    partners.map(({ name, reviewers, denyList, listings, metadata }) => [
      name,
      reviewers,
      denyList?.map(({ value, reason }) => [value, reason]),
      [listings?.bannedWords, listings?.deputies],
      metadata,
    ]),
    payments.map(({ paymentMethod, customerId, orderRef, description, metadata }) => [
      paymentMethod,
      customerId,
      orderRef,
      description,
      metadata,
    ]),
    refunds.map(({ reason }) => reason),
    plans.map(({ name }) => name),
    subscriptions.map(({ customerId, paymentMethod, metadata }) => [customerId, paymentMethod, metadata]),
    revisions.map(({ content: { title, description, metadata } }) => [title, description, metadata]),
    listings.map(({ ownerRef, suspension }) => [ownerRef, suspension?.reason]),
    delivered.map(({ deliverTo = [] }) => deliverTo.map(({ email, emailKey }) => [email, emailKey])),
    reviews.map(({ submittedBy, decision }) => [
      submittedBy,
      decision?.comment,
      decision?.fields.map(({ comment }) => comment),
    ]),
  ];
  return [...new Set(written.flatMap(stringsIn))].filter((text) => text.length >= MIN_LENGTH);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
