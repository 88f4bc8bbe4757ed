import { createMongoListingSearch } from '../../../../clients/search/mongo-listing-search';
import type { ListingSearch } from '../../../../contracts/listings/search';
import { newId } from '../../../../domain/ids';
import type { StoredListingState } from '../../../../domain/listings/listing';
import type { Database } from '../../../../models/database';
import type { Listing } from '../../../../models/listings/listing';
import { compareIndex } from '../../../../services/listings/search/compare-index';
import { insertDocuments } from '../../../../services/insert-documents';
import { indexListings } from '../../../../services/listings/search/index-listings';
import { openStuckItem } from '../../../../services/operator/stuck-items';
import { createStuckOperations } from '../../../../services/operator/stuck-operations';
import { silent } from '../../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { createIndexListings } from '../../../inline/index-listings';
import { createSearchReconciler } from '../reconcile-search';

const tenantId = 'ptn_1:live';
let database: Database;
let drop: () => Promise<void>;
let search: ListingSearch;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  search = createMongoListingSearch({ model: database.models.listingSearchEntries });
});
afterAll(() => drop());
beforeEach(() => Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({}))));

/** Returns a listing that the index does not know. */
function listingIn(state: StoredListingState, version = 3): Listing {
  const id = newId('listing');
  const isPublished = state !== 'draft';
  const live = {
    title: 'A bike',
    description: 'Nearly new',
    category: 'bikes',
    price: null,
    attributes: {},
    images: [],
  };
  const listing: Partial<Listing> = {
    _id: id,
    tenantId,
    state,
    version,
    correlationId: 'c',
    live: isPublished ? { ...live, place: null, language: null, metadata: {} } : null,
    category: 'bikes',
    textHashes: ['x'],
    imageHashes: [],
    revision: 1,
    contentRevision: 1,
    refKey: `id:${id}`,
    createdAt: new Date(),
    updatedAt: new Date(),
    publishedAt: isPublished ? new Date() : null,
    expiresAt: isPublished ? new Date(Date.now() + 86_400_000) : null,
  };
  return listing as Listing;
}

const write = async (listings: readonly Listing[]): Promise<string[]> => {
  await insertDocuments({ model: database.models.listings, documents: listings });
  return listings.map(({ _id }) => _id);
};

/** Writes a listing that the index does not know. Returns its id. */
const given = async (state: StoredListingState): Promise<string> => (await write([listingIn(state)]))[0]!;
/** Writes live listings that the index does not know. Returns their ids in order. */
const givenLive = (count: number): Promise<string[]> => write(Array.from({ length: count }, () => listingIn('live')));

const full = async (): Promise<never> => {
  throw new Error('The index is full');
};
const allIds = async () => (await database.models.listings.find({}, { _id: 1 }).lean()).map(({ _id }) => _id);
const entries = () => database.models.listingSearchEntries;
const differences = async (more: string[] = []) =>
  compareIndex({ database, search, listingIds: [...(await allIds()), ...more] });
const items = () => database.models.stuckItems.find({}).lean();

/** Makes one of the remembered differences as old as that. */
const differSince = (place: number, ms: number) =>
  database.models.reconcilerStates.updateOne(
    { _id: 'search' },
    { $set: { [`search.differing.${place}.since`]: new Date(Date.now() - ms) } },
  );

it('mends what the index missed, has too old, shows wrongly or has of nothing, and then finds nothing', async () => {
  const missed = await given('live');
  const behind = await given('live');
  const shown = await given('withdrawn');
  const ahead = await given('live');
  const hidden = await given('live');
  const right = [await given('live'), await given('suspended'), await given('draft')];
  await indexListings({ database, search, listingIds: [behind, shown, ahead, hidden, ...right] });
  const orphan = newId('listing');
  const of = (listingId: string, set: object) => entries().updateOne({ _id: listingId }, { $set: set });
  await of(behind, { version: 2 });
  await of(shown, { version: 2, shown: true });
  await of(ahead, { version: 9 });
  await entries().updateOne({ _id: hidden }, { $unset: { shown: 1 } });
  await entries().collection.insertOne({ ...(await entries().findById(right[0]).lean()), _id: orphan } as never);
  expect((await differences([orphan])).map(({ listingId }) => listingId).sort()).toEqual(
    [missed, behind, shown, ahead, hidden, orphan].sort(),
  );

  const reconcile = createSearchReconciler({ database, search, logger: silent });
  expect(await reconcile()).toEqual({ mended: 6, differing: 0 });
  expect(await differences([orphan])).toEqual([]);
  expect(await reconcile()).toEqual({ mended: 0, differing: 0 });
  expect(await items()).toEqual([]);
});

it('compares everything within a round of slices, and begins again', async () => {
  const ids: string[] = [];
  for (let number = 0; number < 5; number += 1) ids.push(await given('live'));
  const reconcile = createSearchReconciler({ database, search, logger: silent, slice: 2 });
  for (const mended of [2, 2, 1, 0]) expect(await reconcile()).toEqual({ mended, differing: 0 });
  await entries().deleteMany({ _id: ids[0] });
  await entries().deleteMany({ _id: ids[4] });
  const found = [];
  for (let look = 0; look < 3; look += 1) found.push((await reconcile()).mended);
  expect([found.reduce((sum, mended) => sum + mended, 0), await differences()]).toEqual([2, []]);
});

it('lists a difference that lasts a minute, with a remedy, until the index takes the listing', async () => {
  const listingId = await given('live');
  let isAway = true;
  const away: ListingSearch = {
    ...search,
    put: (listings) => (isAway ? full() : search.put(listings)),
    remove: (listings) => (isAway ? full() : search.remove(listings)),
  };
  const reconcile = createSearchReconciler({ database, search: away, logger: silent });
  expect(await reconcile()).toEqual({ mended: 0, differing: 1 });
  await differSince(0, 50_000);
  await reconcile();
  expect(await items()).toEqual([]);
  await differSince(0, 60_000);
  expect(await reconcile()).toEqual({ mended: 0, differing: 1 });
  const [item] = await items();
  expect(item).toMatchObject({
    kind: 'search_mismatch',
    entityType: 'listing',
    entityId: listingId,
    open: true,
    detail: 'The listing is live in version 3, but the search index does not have the listing',
  });

  const operations = createStuckOperations({ database, workflows: undefined as never });
  const by = { kind: 'operator', id: null } as const;
  await database.inTransaction((session) => operations.restart({ item: item!, by, session }));
  const waiting = () => database.models.outbox.find({ open: true, pending: 'search' }).lean();
  const rows = await waiting();
  expect(rows).toMatchObject([{ entityId: listingId }]);
  await expect(createIndexListings({ database, search: away })(rows)).rejects.toThrow('The index is full');
  await reconcile();
  expect((await items()).filter(({ open }) => open)).toHaveLength(1);
  isAway = false;
  await createIndexListings({ database, search: away })(await waiting());
  expect([await waiting(), await differences()]).toEqual([[], []]);
  await reconcile();
  expect((await items()).map(({ state }) => state).sort()).toEqual(['mended', 'restarted']);
});

it('remembers a thousand differences, and forgets none of them for one that is found later', async () => {
  const first = { ...listingIn('live'), _id: 'lst_00000000000000000000000000' };
  const ids = await givenLive(1000);
  const last = ids.toSorted().at(-1)!;
  const away: ListingSearch = { ...search, put: full };
  const reconcile = createSearchReconciler({ database, search: away, logger: silent, slice: 2000 });
  expect(await reconcile()).toEqual({ mended: 0, differing: 1000 });
  await differSince(999, 60_000);
  await write([first]);
  expect(await reconcile()).toEqual({ mended: 0, differing: 1001 });
  const { search: progress } = await database.models.reconcilerStates.findById('search').lean().orFail();
  const remembered = new Set(progress?.differing.map(({ listingId }) => listingId));
  expect([remembered.size, remembered.has(first._id)]).toEqual([1000, false]);
  expect((await items()).map(({ entityId }) => entityId)).toEqual([last]);
});

it('clears the list of what the index has by now, although the reconciler remembers nothing of it', async () => {
  const [mended, away] = [await given('live'), await given('live')];
  for (const entityId of [mended, away])
    await openStuckItem({
      database,
      tenantId,
      kind: 'search_mismatch',
      entityType: 'listing',
      entityId,
      subject: entityId,
      detail: 'The index did not have the listing',
    });
  await indexListings({ database, search, listingIds: [mended] });
  await createSearchReconciler({ database, search: { ...search, put: full }, logger: silent })();
  const states = new Map((await items()).map(({ entityId, state }) => [entityId, state]));
  expect([states.get(mended), states.get(away)]).toEqual(['mended', 'open']);
});

it('mends the others where the index takes one of them by no means', async () => {
  const ids = (await givenLive(600)).toSorted();
  const hidden = ids[1]!;
  await indexListings({ database, search, listingIds: [hidden] });
  await database.models.listings.updateOne({ _id: hidden }, { $set: { state: 'withdrawn', version: 4 } });
  const choosy: ListingSearch = {
    ...search,
    put: (listings) => (listings.some(({ listingId }) => listingId === ids[0]) ? full() : search.put(listings)),
  };
  const reconcile = createSearchReconciler({ database, search: choosy, logger: silent });
  expect(await reconcile()).toEqual({ mended: 101, differing: 499 });
  expect(await search.versionsOf([hidden])).toMatchObject([{ version: 4, isShown: false }]);
});

it('reads a look of many listings in parts of a thousand, and misses none of them', async () => {
  await givenLive(2_100);
  const asked: number[] = [];
  const watched: ListingSearch = {
    ...search,
    versionsOf: (listingIds) => {
      asked.push(listingIds.length);
      return search.versionsOf(listingIds);
    },
  };
  const look = createSearchReconciler({ database, search: watched, logger: silent, slice: 5_000 });
  expect(await look()).toEqual({ mended: 2_100, differing: 0 });
  expect(Math.max(...asked)).toBe(1_000);
  expect(await differences()).toEqual([]);
  expect(await look()).toEqual({ mended: 0, differing: 0 });
});
