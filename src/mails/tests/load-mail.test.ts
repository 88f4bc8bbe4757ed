import { mailTemplates, type MailTemplate } from '../../contracts/mails';
import { subscriptionMailTemplates } from '../../contracts/subscriptions/mails';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { User } from '../../models/users/user';
import { people } from '../../testing/queue-test-bed';
import { openTestDatabase } from '../../testing/servers/test-database';
import { loadMail } from '../load-mail';

const at = new Date('2027-01-16T12:00:00Z');
const subscriptionTemplates: readonly MailTemplate[] = subscriptionMailTemplates;
const verificationTemplates: readonly MailTemplate[] = ['verification', 'verificationReminder'];

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/** Writes a user with an onboarding and a subscription. Returns the templates of the mails that go to the user. */
async function mailsTo(
  user: Partial<User>,
  onboarding: Partial<Onboarding>,
  verifiedAt: Date | null = null,
): Promise<MailTemplate[]> {
  const { models } = database;
  const who = people({ user, onboarding });
  if (verifiedAt) who.onboarding.verification.verifiedAt = verifiedAt;
  const { tenantId } = who.user;
  const subscriptionId = newId('subscription');
  await models.partners.insertMany([who.partner]);
  await models.users.insertMany([who.user]);
  await models.onboardings.insertMany([who.onboarding]);
  await models.subscriptions.collection.insertOne({ _id: subscriptionId as never, tenantId, userId: who.user._id });
  const loaded = await Promise.all(
    mailTemplates.map((template) =>
      loadMail({
        models,
        tenantId,
        entityId: subscriptionTemplates.includes(template) ? subscriptionId : who.onboarding._id,
        mail: {
          template,
          key: template,
          to: null,
          data: { generation: 1, planName: 'Pro', amountMinor: 1000, currency: 'EUR', until: null },
        },
        publicUrl: 'https://api.platform.example',
        verificationSecret: 'a secret',
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
    mailTemplates.filter((template) => !verificationTemplates.includes(template)),
  );
});

test('a cancelled user who never followed the link gets none', async () => {
  expect(await mailsTo({ state: 'cancelled' }, { state: 'expired' })).toEqual([]);
});
