import type { Mailer } from '../../../clients/mailer/mailer';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { newOutboxRow } from '../../../services/new-outbox-row';
import { deliverAll, people } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { createSendMail } from '../send-mail';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const expiresAt = new Date('2030-02-01T00:00:00Z');

/**
 * Sends the reminder of a week before 31 January 2030, when the clock of its sandbox is at the given time. Returns the
 * subjects of the mails that leave.
 */
async function sentAt(at: string, changes: Partial<Listing> = {}): Promise<string[]> {
  const { models } = database;
  const { partner, user, onboarding } = people({ partner: { timeZone: 'UTC' }, user: { state: 'active' } });
  const tenantId = `${partner._id}:sandbox`;
  const [listingId, now] = [newId('listing'), new Date()];
  const clock = { tenantId, offsetMs: Date.parse(at) - now.getTime(), advancing: null, updatedAt: now };
  const end = { state: 'live', lastDay: '2030-01-31', expiresAt, noticeMail: listingId };
  const entity = { tenantId, version: 1, correlationId: 'corr-1', refKey: listingId, updatedAt: now };
  const listing = { ...entity, ownerUserId: user._id, live: { title: 'A bike' }, ...end, ...changes };
  await models.partners.insertMany([partner]);
  await models.users.insertMany([{ ...user, tenantId }]);
  await models.onboardings.insertMany([{ ...onboarding, tenantId }]);
  await models.sandboxClocks.insertMany([{ _id: tenantId, ...clock }]);
  await models.listings.collection.insertOne({ _id: listingId, ...listing } as never);
  const row = newOutboxRow({
    tenantId,
    entityType: 'listing',
    entityId: listingId,
    correlationId: 'corr-1',
    pending: ['mail'],
    mail: {
      template: 'listingReminder',
      key: listingId,
      audience: 'person',
      to: null,
      data: { ownerUserId: user._id },
    },
  });
  await models.outbox.insertMany([row]);
  const subjects: string[] = [];
  const send: Mailer['send'] = async ({ subject }) => void subjects.push(subject);
  const about = { publicUrl: 'https://api.platform.example', verificationSecret: 'a secret' };
  await createSendMail({ database, mailer: { send }, ...about, ...deliverAll })(row);
  return subjects;
}

it.each([
  ['at its time', '2030-01-24T09:00:00Z', 'in 7 days'],
  ['four days late', '2030-01-28T23:59:00Z', 'in 3 days'],
  ['on the day before', '2030-01-30T12:00:00Z', 'tomorrow'],
  ['a minute before the end', '2030-01-31T23:59:00Z', 'today'],
])('a reminder that leaves %s names the days that are left then', async (_, at, words) => {
  expect(await sentAt(at)).toEqual([expect.stringContaining(`the last day of your listing is ${words}`)]);
});

it.each<[string, string, Partial<Listing>]>([
  ['the end has passed', '2030-02-01T00:00:00Z', {}],
  ['the listing was renewed', '2030-01-24T09:00:00Z', { noticeMail: null }],
  ['the listing was withdrawn', '2030-01-24T09:00:00Z', { state: 'withdrawn' }],
  ['the next reminder was ordered', '2030-01-30T12:00:00Z', { noticeMail: 'the next' }],
])('a reminder does not leave once %s', async (_, at, changes) => {
  expect(await sentAt(at, changes)).toEqual([]);
});
