import { newId } from '../../../../domain/ids';
import type { PartnerListings } from '../../../../domain/listings/partner-listings';
import type { Database } from '../../../../models/database';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
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
  return {
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
