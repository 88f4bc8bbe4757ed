import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { tenantOf } from '../../../src/domain/tenant';
import { orderReplan } from '../../../src/services/listings/sweep/replan-notices';
import { DAY, HOUR, idsOf, MINUTE, openExpirationWorld, type ExpirationWorld } from './expiration-world';

let world: ExpirationWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld();
});
afterAll(() => world?.close());

/** Returns a midnight (UTC) that many days ahead. */
const midnight = (days: number): Date => new Date((Math.floor(Date.now() / DAY) + 1 + days) * DAY);
/** Approves a listing without a person. Returns its id. */
async function published(tenantId: string, durationDays: number): Promise<string> {
  const { _id: listingId } = await world.create({ policy: 'never', durationDays }, tenantId);
  await world.until(await world.submit(listingId), 'approved');
  return listingId;
}
const timesOf = async (listingId: string, type: string): Promise<string[]> =>
  (await world.events(listingId)).filter((event) => event.type === type).map(({ at }) => at.toISOString());

describe('the advance of a sandbox', () => {
  it('reminds, expires and notices the end of a listing, each at its own time and in a hop of its own', async () => {
    const { tenantId } = await world.newPartner();
    const listingId = await published(tenantId, 30);
    const { expiresAt, lastDay } = await world.readListing(listingId);
    const hops = await world.advance(tenantId, 'P365D');
    const reminders = (await timesOf(listingId, 'listing.reminded')).map((at) => Date.parse(at));
    const planned = [7, 1].map((days) => expiresAt!.getTime() - DAY - days * DAY + 9 * HOUR);
    for (const [index, at] of planned.entries()) expect(Math.abs(reminders[index]! - at)).toBeLessThan(MINUTE);
    const expiries = await timesOf(listingId, 'listing.expired');
    expect([reminders.length, expiries]).toEqual([2, [expiresAt!.toISOString()]]);
    const events = await world.events(listingId);
    expect(events.filter(({ type }) => type === 'listing.reminded').map(({ data }) => data)).toMatchObject([
      { daysLeft: 7, lastDay },
      { daysLeft: 1, lastDay },
    ]);
    expect(await world.readListing(listingId)).toMatchObject({ state: 'expired', nextNoticeAt: null });
    // Two reminders, the end, its notice, and the rest of the year.
    expect(hops).toBe(5);
  });

  it('reminds by the settings that the partner changed just before', async () => {
    const { tenantId } = await world.newPartner();
    const { partnerId } = tenantOf(tenantId);
    const { partners } = world.database.models;
    const setDays = (remindDays: number[]) =>
      partners.updateOne({ _id: partnerId }, { $set: { 'listings.remindDays': remindDays } });
    await setDays([]);
    const listingId = await published(tenantId, 30);
    await world.database.inTransaction(async (session) => {
      await setDays([3]).session(session);
      await orderReplan({ database: world.database, session, partnerId, correlationId: 'c-1' });
    });
    const hops = await world.advance(tenantId, 'P90D');
    const { expiresAt } = await world.readListing(listingId);
    const reminders = await timesOf(listingId, 'listing.reminded');
    const delays = reminders.map((at) => Date.parse(at) - (expiresAt!.getTime() - 4 * DAY + 9 * HOUR));
    expect(delays).toEqual([expect.closeTo(0, -5)]);
    // The new plan, a reminder, the end, its notice, and the rest of the time.
    expect(hops).toBe(5);
  });

  it('reads as expired at the end, and the sweep of all tenants is not needed for it', async () => {
    const { tenantId } = await world.newPartner();
    const [listing] = await world.insertLive({ tenantId, expiresAt: midnight(3), nextNoticeAt: null });
    await world.advance(tenantId, 'P2D');
    expect((await world.readListing(listing!._id)).state).toBe('live');
    await world.advance(tenantId, 'P2D');
    expect((await world.readListing(listing!._id)).state).toBe('expired');
  });

  it('passes 1,000 listings that end over a month, each at its own end, in a hop for each instant', async () => {
    const { tenantId } = await world.newPartner();
    const ids: string[] = [];
    for (let day = 0; day < 30; day += 1) {
      const count = day < 10 ? 34 : 33;
      ids.push(...idsOf(await world.insertLive({ tenantId, count, expiresAt: midnight(day) })));
    }
    const hops = await world.advance(tenantId, 'P40D');
    expect(await world.standing(ids)).toEqual({
      states: { expired: 1000 },
      planned: 0,
      events: { 'listing.expired': 1000 },
      timely: 1000,
      mails: { listingEnd: 30 },
      mailed: 30,
      named: 1000,
    });
    expect(hops).toBe(30 + 30 + 1);
  });

  it('ends one hop for what is due within 5 minutes, and another for what is due a minute later', async () => {
    const { tenantId } = await world.newPartner();
    const first = midnight(0);
    for (const minutes of [0, 2, 5])
      await world.insertLive({ tenantId, expiresAt: new Date(first.getTime() + minutes * MINUTE), nextNoticeAt: null });
    expect(await world.advance(tenantId, 'P10D')).toBe(2);
    const later = midnight(20);
    for (const minutes of [0, 6])
      await world.insertLive({ tenantId, expiresAt: new Date(later.getTime() + minutes * MINUTE), nextNoticeAt: null });
    expect(await world.advance(tenantId, 'P20D')).toBe(3);
  });

  it('goes on where nothing is due', async () => {
    const { tenantId } = await world.newPartner();
    await world.insertLive({ tenantId, state: 'withdrawn', expiresAt: midnight(3), nextNoticeAt: null });
    expect(await world.advance(tenantId, 'P365D')).toBe(1);
  });

  it('does not touch the listings of others', async () => {
    const [{ tenantId }, { tenantId: other }] = [await world.newPartner(), await world.newPartner()];
    const [listing] = await world.insertLive({ tenantId: other, expiresAt: midnight(3) });
    await world.advance(tenantId, 'P30D');
    expect((await world.readListing(listing!._id)).state).toBe('live');
  });
});
