import { randomUUID } from 'node:crypto';
import type { Listing } from '../../../src/models/listings/listing';
import { mails } from '../../../src/mails/mails';
import { renewListing } from '../../../src/services/listings/renew-listing';
import { inBatches } from '../../../src/testing/in-batches';
import { noReportMails } from '../../../src/testing/queue-test-bed';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { acceptOnboarding } from '../../../src/testing/worlds/accept-onboarding';
import { tester } from '../../../src/testing/worlds/base-world';
import { DAY, HOUR, idsOf, openExpirationWorld, type ExpirationWorld } from './expiration-world';

const RACES = casesOf({ short: 100, long: 200 });
/** So many of them are renewed before the sweep, and so many after it. */
const BESIDE = 10;

let world: ExpirationWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld();
});
afterAll(() => world?.close());

/** Renews a listing as the api does. */
async function renew(listingId: string, days: number): Promise<Listing> {
  const { database, clock } = world;
  const { tenantId } = await world.readListing(listingId);
  const at = await clock.now(tenantId);
  return database.inTransaction(async (session) => {
    const listing = await database.models.listings.findById(listingId).session(session).lean().orFail();
    return renewListing({ database, session, listing, days, step: `renew/${randomUUID()}`, by: tester, at });
  });
}

/** Returns the mails about a listing as they would be sent now; null for one that is no longer wanted. */
async function loadMails(listingId: string) {
  const { models } = world.database;
  const rows = await models.outbox
    .find({ entityId: listingId, mail: { $ne: null } })
    .sort({ _id: 1 })
    .lean();
  return Promise.all(
    rows.map(({ tenantId, entityId, mail }) =>
      mails[mail!.template].load({
        models,
        tenantId,
        entityId,
        mail: mail!,
        at: new Date(),
        publicUrl: 'https://api.example',
        verificationSecret: 'secret',
        reportMails: noReportMails,
      }),
    ),
  );
}

it('of renewal and sweep at once the listing is live at the end, and never expired after renewed', async () => {
  const nextNoticeAt = new Date(Date.now() + HOUR);
  const listings = await world.insertLive({ count: RACES, expiresAt: new Date(Date.now() - DAY), nextNoticeAt });
  const ids = idsOf(listings);
  const renewAll = (some: readonly string[]) => inBatches(some, (id) => renew(id, 30));
  await renewAll(ids.slice(0, BESIDE));
  await Promise.all([world.sweep(), renewAll(ids.slice(BESIDE, -BESIDE).toReversed())]);
  await renewAll(ids.slice(-BESIDE));
  expect((await world.sweep()).counts).toMatchObject({ expired: 0, ended: 0 });
  const orders = new Map<string, number>();
  for (const id of ids) {
    const order = (await world.timeline(id)).join();
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  for (const order of orders.keys()) expect(['renewed', 'expired,renewed']).toContain(order);
  expect(orders.size).toBe(2);
  const { states, mails: sent } = await world.standing(ids);
  expect([states, sent]).toEqual([{ live: RACES }, {}]);
});

it('takes a year of a listing, with a reminder before each of twelve renewals, in 29 hops', async () => {
  const { tenantId } = await world.newPartner();
  const { _id: listingId } = await world.create({ policy: 'never', durationDays: 30 }, tenantId);
  await world.until(await world.submit(listingId), 'approved');
  let hops = 0;
  for (let month = 0; month < 12; month += 1) {
    hops += await world.advance(tenantId, 'P28D');
    await renew(listingId, 28);
  }
  hops += await world.advance(tenantId, 'P60D');
  const months = Array.from({ length: 12 }, () => ['reminded', 'renewed']).flat();
  expect(await world.timeline(listingId)).toEqual([
    'created',
    'submitted',
    'checked',
    'approved',
    'published',
    ...months,
    'reminded',
    'reminded',
    'expired',
  ]);
  // Twelve reminders and as many rests of a month; then two reminders, the end, its notice and the rest.
  expect(hops).toBe(24 + 5);
});

it('a mail says how many days are left, and is not sent once the listing has another end', async () => {
  const { onboarding } = await acceptOnboarding({
    database: world.database,
    tenantId: world.tenantId,
    requiresApproval: false,
  });
  const expiresAt = new Date(Math.ceil(Date.now() / DAY) * DAY + 2 * DAY);
  const owned = { ownerUserId: onboarding.userId };
  const [live] = await world.insertLive({ ...owned, expiresAt, nextNoticeAt: new Date(Date.now() - HOUR) });
  const [over] = await world.insertLive({ ...owned, expiresAt: new Date(Date.now() - DAY) });
  await world.sweep();
  expect(await loadMails(live!._id)).toMatchObject([
    { facts: { count: 1, listings: [{ daysLeft: 2, lastDay: live!.lastDay, expiresAt }] } },
  ]);
  expect(await loadMails(over!._id)).toMatchObject([
    { facts: { count: 1, listings: [{ lastDay: over!.lastDay, expiresAt: over!.expiresAt }] } },
  ]);
  for (const { _id } of [live!, over!]) {
    await renew(_id, 10);
    expect(await loadMails(_id)).toEqual([null]);
  }
});

it('no notice is planned while a listing is withdrawn or suspended, and again when buyers see it', async () => {
  const expiresAt = new Date(Math.ceil(Date.now() / DAY) * DAY + 20 * DAY);
  const nextNoticeAt = new Date(Date.now() + DAY);
  const [listing] = await world.insertLive({ expiresAt, nextNoticeAt });
  const [reminded] = await world.insertLive({ expiresAt, nextNoticeAt, remindedDays: 7 });
  const planned = async () => (await world.readListing(listing!._id)).nextNoticeAt;
  const reminder = new Date(expiresAt.getTime() - 8 * DAY + 9 * HOUR);
  for (const [away, back] of [['withdraw', 'republish'] as const, ['suspend', 'reinstate'] as const]) {
    await world.move(listing!._id, away);
    expect(await planned()).toBeNull();
    await world.move(listing!._id, back);
    expect(await planned()).toEqual(reminder);
    await world.move(reminded!._id, away);
    expect((await world.move(reminded!._id, back)).nextNoticeAt).toEqual(new Date(reminder.getTime() + 6 * DAY));
  }
});

it('no reminder comes in the first half after a renewal, although the listing was away meanwhile', async () => {
  const expiresAt = new Date(Math.ceil(Date.now() / DAY) * DAY + DAY);
  const [listing] = await world.insertLive({ expiresAt });
  const { nextNoticeAt } = await renew(listing!._id, 7);
  // Of 8 or 9 days: the reminder of the day before, as the one of a week before would come in the first half.
  expect(nextNoticeAt).toEqual(new Date(expiresAt.getTime() + 5 * DAY + 9 * HOUR));
  for (const [away, back] of [['withdraw', 'republish'] as const, ['suspend', 'reinstate'] as const]) {
    await world.move(listing!._id, away);
    expect(await world.move(listing!._id, back)).toMatchObject({ nextNoticeAt });
  }
});
