import { newId } from '../../../../domain/ids';
import type { PartnerListings } from '../../../../domain/listings/partner-listings';
import type { Database } from '../../../../models/database';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
import { replanNotices } from '../replan-notices';
import { sendDueNotices } from '../send-notices';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/** Writes a live listing of a new partner, whose last day is 31 January and whose first reminder is due on the 24th. */
async function planned() {
  const { models } = database;
  const { partnerId, tenantId } = await seedPartner({ database });
  const _id = newId('listing');
  const listing = {
    _id,
    tenantId,
    refKey: `id:${_id}`,
    state: 'live',
    version: 1,
    correlationId: 'c-1',
    updatedAt: new Date(0),
    ownerUserId: newId('user'),
    lastDay: '2027-01-31',
    expiresAt: new Date('2027-02-01T00:00:00Z'),
    endSetAt: new Date('2027-01-01T00:00:00Z'),
    remindedDays: null,
    nextNoticeAt: new Date('2027-01-24T09:00:00Z'),
  };
  await models.listings.collection.insertOne(listing as never);
  const { listings } = models;
  return {
    _id,
    tenantId,
    listing,
    change: (set: object) => listings.collection.updateOne({ _id } as never, { $set: set }),
    /** Plans the notices of the partner's listings anew. Returns the instant of the next one. */
    replan: async (at: string) => {
      await replanNotices({ database, tenantId, at: new Date(at) });
      const { nextNoticeAt } = await listings.findById(_id).lean().orFail();
      return nextNoticeAt?.toISOString().slice(0, 16) ?? null;
    },
    set: (listings: Partial<PartnerListings>, timeZone = 'UTC') =>
      models.partners.updateOne({ _id: partnerId }, { $set: { listings, timeZone } }),
    /** Returns the days that a reminder names, null without one, and the instant of the next notice. */
    sweep: async (at: string) => {
      const before = await models.events.countDocuments({ entityId: _id });
      const { reminded } = await sendDueNotices({ database, tenantId, at: new Date(at), after: null });
      const [event] = await models.events.find({ entityId: _id }).sort({ version: -1 }).limit(1).lean();
      expect(await models.events.countDocuments({ entityId: _id })).toBe(before + reminded);
      const { nextNoticeAt, remindedDays } = await models.listings.findById(_id).lean().orFail();
      if (reminded > 0) expect(event!.data.daysLeft).toBe(remindedDays);
      return [reminded === 0 ? null : remindedDays, nextNoticeAt!.toISOString().slice(0, 16)];
    },
  };
}

it('a reminder is sent once where the partner moves the hour of notices, before it or after it', async () => {
  const { set, sweep } = await planned();
  await set({ noticeAt: '18:00' });
  expect(await sweep('2027-01-24T09:00:00Z')).toEqual([null, '2027-01-24T18:00']);
  expect(await sweep('2027-01-24T18:00:00Z')).toEqual([7, '2027-01-30T18:00']);
  await set({ noticeAt: '20:00' });
  expect(await sweep('2027-01-30T18:00:00Z')).toEqual([null, '2027-01-30T20:00']);
  expect(await sweep('2027-01-30T20:00:00Z')).toEqual([1, '2027-02-01T20:00']);
});

it('a reminder is sent once where the partner moves to the west, with days of the settings', async () => {
  const { set, sweep } = await planned();
  await set({}, 'America/Los_Angeles');
  expect(await sweep('2027-01-24T09:00:00Z')).toEqual([null, '2027-01-24T17:00']);
  expect(await sweep('2027-01-24T17:00:00Z')).toEqual([7, '2027-01-30T17:00']);
  expect(await sweep('2027-01-30T17:00:00Z')).toEqual([1, '2027-02-01T17:00']);
});

const END = new Date('2027-02-01T09:00:00Z');

describe('a plan by new settings', () => {
  it('has the reminders that the partner turns on', async () => {
    const { set, sweep, replan, change } = await planned();
    await change({ nextNoticeAt: END });
    await set({ remindDays: [7, 1] });
    expect(await replan('2027-01-20T12:00:00Z')).toBe('2027-01-21T09:00');
    expect(await sweep('2027-01-21T09:00:00Z')).toEqual([null, '2027-01-24T09:00']);
    expect(await sweep('2027-01-24T09:00:00Z')).toEqual([7, '2027-01-30T09:00']);
  });

  it('makes up for the nearest reminder whose day has passed, at the next hour of notices', async () => {
    const { set, sweep, replan, change } = await planned();
    await change({ nextNoticeAt: new Date('2027-01-30T09:00:00Z') });
    await set({ remindDays: [5, 3, 1] });
    expect(await replan('2027-01-28T22:00:00Z')).toBe('2027-01-29T09:00');
    expect(await sweep('2027-01-29T09:00:00Z')).toEqual([2, '2027-01-30T09:00']);
    expect(await sweep('2027-01-30T09:00:00Z')).toEqual([1, '2027-02-01T09:00']);
  });

  it('repeats no reminder that was sent, however often it is made', async () => {
    const { set, sweep, replan } = await planned();
    expect(await sweep('2027-01-24T09:00:00Z')).toEqual([7, '2027-01-30T09:00']);
    await set({ remindDays: [14, 7, 1], noticeAt: '10:00' });
    for (const _ of ['once', 'again']) expect(await replan('2027-01-24T09:30:00Z')).toBe('2027-01-24T10:00');
    expect(await sweep('2027-01-24T10:00:00Z')).toEqual([null, '2027-01-30T10:00']);
    expect(await replan('2027-01-24T10:01:00Z')).toBe('2027-01-25T10:00');
    expect(await sweep('2027-01-25T10:00:00Z')).toEqual([null, '2027-01-30T10:00']);
  });

  it('is in time where the partner moves to an earlier hour, or to the east', async () => {
    for (const [listings, zone, due] of [
      [{ noticeAt: '07:00' }, 'UTC', '2027-01-24T07:00'],
      [{}, 'Asia/Tokyo', '2027-01-24T00:00'],
    ] as const) {
      const { set, sweep, replan } = await planned();
      await set(listings, zone);
      const first = await replan('2027-01-23T12:00:00Z');
      expect(first).toBe(due);
      expect((await sweep(`${first}:00Z`))[0]).toBe(7);
    }
  });

  it('moves the notice of an end, and none that comes earlier or is not planned', async () => {
    const { set, sweep, replan, change } = await planned();
    await change({ state: 'expired', remindedDays: 1, nextNoticeAt: END });
    await set({ noticeAt: '06:00' });
    expect(await replan('2027-02-01T01:00:00Z')).toBe('2027-02-01T06:00');
    await set({ noticeAt: '08:00' });
    expect(await replan('2027-02-01T02:00:00Z')).toBe('2027-02-01T06:00');
    expect(await sweep('2027-02-01T06:00:00Z')).toEqual([null, '2027-02-01T08:00']);
    await change({ state: 'withdrawn', nextNoticeAt: null });
    expect(await replan('2027-02-01T07:00:00Z')).toBe(null);
  });
});
