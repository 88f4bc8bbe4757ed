import { createMongoListingSearch } from '../../../../clients/search/mongo-listing-search';
import type { ListingSearch } from '../../../../contracts/listings/search';
import { newId } from '../../../../domain/ids';
import type { StoredListingState } from '../../../../domain/listings/listing';
import type { Database } from '../../../../models/database';
import type { Listing } from '../../../../models/listings/listing';
import { compareIndex } from '../../../../services/listings/search/compare-index';
import { indexListings } from '../../../../services/listings/search/index-listings';
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

/** Writes a listing that the index does not know. Returns its id. */
async function given(state: StoredListingState, version = 3): Promise<string> {
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
    textHash: 'x',
    revision: 1,
    refKey: `id:${id}`,
    createdAt: new Date(),
    updatedAt: new Date(),
    publishedAt: isPublished ? new Date() : null,
    expiresAt: isPublished ? new Date(Date.now() + 86_400_000) : null,
  };
  await database.models.listings.create(listing);
  return id;
}
const allIds = async () => (await database.models.listings.find({}, { _id: 1 }).lean()).map(({ _id }) => _id);
const entries = () => database.models.listingSearchEntries;
const differences = async (more: string[] = []) =>
  compareIndex({ database, search, listingIds: [...(await allIds()), ...more] });
const items = () => database.models.stuckItems.find({}).lean();

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
  const refuse = async () => {
    throw new Error('The index is full');
  };
  const away: ListingSearch = {
    ...search,
    put: (listings) => (isAway ? refuse() : search.put(listings)),
    remove: (listings) => (isAway ? refuse() : search.remove(listings)),
  };
  const reconcile = createSearchReconciler({ database, search: away, logger: silent });
  const differSince = (ms: number) =>
    database.models.reconcilerStates.updateOne(
      { _id: 'search' },
      { $set: { 'search.differing.0.since': new Date(Date.now() - ms) } },
    );
  expect(await reconcile()).toEqual({ mended: 0, differing: 1 });
  await differSince(50_000);
  await reconcile();
  expect(await items()).toEqual([]);
  await differSince(60_000);
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
