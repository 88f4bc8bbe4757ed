import type { Activities } from '../../../activities';
import { listingSweepSearchOptions } from '../../../config/temporal';
import { indexListings } from '../../../src/services/listings/search/index-listings';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { DAY, openExpirationWorld, type ExpirationWorld } from './expiration-world';

let world: ExpirationWorld;
/** True while the search index refuses what a sweep removes. */
let isAway = false;
let refused = 0;

const whileAway = (activities: Activities): Activities => ({
  ...activities,
  async removeFromSearchIndex(input) {
    if (!isAway) return activities.removeFromSearchIndex(input);
    refused += 1;
    throw new Error('The search index is away');
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld({ wrap: whileAway });
});
afterAll(() => world?.close());

it('a sweep takes what it expires out of the search index, whether or not its events are applied', async () => {
  const { database, search } = world;
  const over = await world.insertLive({ count: 3 });
  const lasting = await world.insertLive({ count: 2, expiresAt: new Date(Date.now() + 2 * DAY) });
  const listingIds = [...over, ...lasting].map(({ _id }) => _id);
  await indexListings({ database, search, listingIds });
  const shown = async () =>
    (await search.versionsOf(listingIds)).filter(({ isShown }) => isShown).map(({ listingId }) => listingId);
  expect(new Set(await shown())).toEqual(new Set(listingIds));

  expect((await world.sweep()).counts).toMatchObject({ expired: 3 });
  expect(new Set(await shown())).toEqual(new Set(lasting.map(({ _id }) => _id)));
  const stored = await database.models.listings.find({ _id: { $in: listingIds } }, { version: 1 }).lean();
  const versions = await search.versionsOf(listingIds);
  expect(new Map(versions.map(({ listingId, version }) => [listingId, version]))).toEqual(
    new Map(stored.map(({ _id, version }) => [_id, version])),
  );
});

it('a sweep goes on where the search index is away', async () => {
  await world.insertLive({ count: 3 });
  isAway = true;
  const { counts } = await world.sweep();
  isAway = false;
  expect([counts.expired, refused]).toEqual([3, listingSweepSearchOptions.retry.maximumAttempts]);
});
