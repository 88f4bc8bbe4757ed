import { mailTemplates, type MailTemplate } from '../../contracts/mails';
import { subscriptionMailTemplates } from '../../contracts/subscriptions/mails';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { User } from '../../models/users/user';
import { noReportMails, people } from '../../testing/queue-test-bed';
import { openTestDatabase } from '../../testing/servers/test-database';
import { loadMail } from '../load-mail';

const at = new Date('2027-01-16T12:00:00Z');
const afterwards = new Date('2027-01-18T00:00:00Z');
const verificationTemplates: readonly MailTemplate[] = ['verification', 'verificationReminder'];
/** Mails of which nothing here waits for a confirmation, and those that never go to a user. */
const unwantedTemplates: readonly MailTemplate[] = [
  'paymentConfirmation',
  'paymentMethodConfirmation',
  'reviewsWaiting',
  'reviewsOverdue',
  'reportReady',
  'reportSchedulePaused',
];

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/**
 * Writes a user with an onboarding, a subscription and a rejected listing. Returns the templates of the mails that go
 * to the user.
 */
async function mailsTo(
  user: Partial<User>,
  onboarding: Partial<Onboarding>,
  verifiedAt: Date | null = null,
): Promise<MailTemplate[]> {
  const { models } = database;
  const who = people({ user, onboarding });
  if (verifiedAt) who.onboarding.verification.verifiedAt = verifiedAt;
  const { tenantId } = who.user;
  const [subscriptionId, listingId, endedId] = [newId('subscription'), newId('listing'), newId('listing')];
  const entityIds: Partial<Record<MailTemplate, string>> = {
    ...Object.fromEntries(subscriptionMailTemplates.map((template) => [template, subscriptionId])),
    listingRejection: listingId,
    listingReminder: listingId,
    listingEnd: endedId,
    listingsApproved: listingId,
  };
  await models.partners.insertMany([who.partner]);
  await models.users.insertMany([who.user]);
  await models.onboardings.insertMany([who.onboarding]);
  await models.subscriptions.collection.insertOne({ _id: subscriptionId as never, tenantId, userId: who.user._id });
  const content = { title: 'A bike', metadata: {} };
  const rejection = { revision: 1, at, reviewer: 'mona', reason: 'quality', comment: null, fields: [] };
  const end = { state: 'live', lastDay: '2027-01-17', expiresAt: afterwards, remindedDays: 1 };
  const owned = {
    ownerUserId: who.user._id,
    approvedAt: at,
    approvalMail: 'listingsApproved',
    noticeMail: 'listingReminder',
  };
  const listing = { _id: listingId as never, tenantId, ...owned, live: content, draft: content, rejection, ...end };
  await models.listings.collection.insertMany([
    { ...listing, refKey: `id:${listingId}`, publishedAt: null },
    { ...listing, _id: endedId as never, refKey: `id:${endedId}`, noticeMail: 'listingEnd', publishedAt: null },
  ]);
  const loaded = await Promise.all(
    mailTemplates.map((template) =>
      loadMail({
        models,
        tenantId,
        entityId: entityIds[template] ?? who.onboarding._id,
        mail: {
          template,
          key: template,
          audience: 'person',
          to: null,
          data: {
            generation: 1,
            revision: 1,
            planName: 'Pro',
            amountMinor: 1000,
            currency: 'EUR',
            until: null,
            expiresAt: afterwards.toISOString(),
            daysLeft: 1,
            ownerUserId: who.user._id,
          },
        },
        at,
        publicUrl: 'https://api.platform.example',
        verificationSecret: 'a secret',
        reportMails: noReportMails,
      }),
    ),
  );
  return mailTemplates.filter((_template, index) => loaded[index]?.to === who.user.email);
}

test('only the mails that verify it go to an unverified address', async () => {
  expect(await mailsTo({ state: 'pending' }, {})).toEqual(verificationTemplates);
});

test.each<[string, Partial<User>, Partial<Onboarding>, Date | null]>([
  ['a pending user who followed the link', { state: 'pending' }, { state: 'awaiting_profile' }, at],
  ['a cancelled user who followed the link', { state: 'cancelled' }, { state: 'rejected' }, at],
  ['an active user', { state: 'active' }, { state: 'completed' }, null],
  ['a suspended user', { state: 'suspended' }, { state: 'completed' }, null],
])('every other mail goes to %s', async (_who, user, onboarding, verifiedAt) => {
  expect(await mailsTo(user, onboarding, verifiedAt)).toEqual(
    mailTemplates.filter((template) => ![...verificationTemplates, ...unwantedTemplates].includes(template)),
  );
});

test('a cancelled user who never followed the link gets none', async () => {
  expect(await mailsTo({ state: 'cancelled' }, { state: 'expired' })).toEqual([]);
});
