import { createMongoListingSearch } from '../../clients/search/mongo-listing-search';
import { searchFor } from '../../clients/search/tests/searchable';
import type { ListingSearch } from '../../contracts/listings/search';
import { newId } from '../../domain/ids';
import { ensureCollection } from '../../models/ensure-indexes';
import { dropEntriesBeside, entriesBeside, swapEntries } from '../../models/listings/search-entry';
import { compareIndex } from '../../services/listings/search/compare-index';
import { indexListings } from '../../services/listings/search/index-listings';
import { rebuildIndex } from '../../services/listings/search/rebuild-index';
import { openTestDatabase, type TestDatabase } from '../../testing/servers/test-database';
import { rebuildSearch } from '../maintenance/rebuild-search';

const tenantId = 'ptn_1:live';
let test: TestDatabase;
let search: ListingSearch;
beforeAll(async () => {
  test = await openTestDatabase();
  search = createMongoListingSearch({ model: test.database.models.listingSearchEntries });
});
afterAll(() => test.drop());

async function given(title: string): Promise<string> {
  const id = newId('listing');
  const at = new Date();
  await test.database.models.listings.create({
    _id: id,
    tenantId,
    state: 'live',
    version: 1,
    correlationId: 'c',
    live: {
      title,
      description: 'Nothing',
      category: 'bikes',
      price: null,
      attributes: {},
      place: null,
      language: null,
    },
    category: 'bikes',
    textHashes: ['x'],
    imageHashes: [],
    revision: 1,
    contentRevision: 1,
    refKey: `id:${id}`,
    createdAt: at,
    updatedAt: at,
    publishedAt: at,
    expiresAt: new Date(at.getTime() + 86_400_000),
  } as never);
  return id;
}
const find = async (text: string): Promise<string[]> => {
  const { hits } = await search.query(searchFor(tenantId, { text, at: new Date() }));
  return hits.map(({ listingId }) => listingId);
};
const differing = async () => {
  const ids = (await test.database.models.listings.find({}, { _id: 1 }).lean()).map(({ _id }) => _id);
  return compareIndex({ database: test.database, search, listingIds: ids });
};

it('builds the index anew beside the old one, with its indexes, and leaves nothing behind', async () => {
  const { database, uri } = test;
  const { listingSearchEntries } = database.models;
  const ids = [await given('A red boat'), await given('A blue boat')];
  await indexListings({ database, search, listingIds: ids });
  await listingSearchEntries.updateOne({ _id: ids[0] }, { $set: { keys: ['*'] } });
  expect(await find('red')).toEqual([]);
  const indexNames = async () =>
    (await listingSearchEntries.collection.indexes()).map(({ name }) => String(name)).sort();
  const before = await indexNames();

  const lines: string[] = [];
  const env = { MONGODB_URI: uri, OPERATOR_KEY: 'x'.repeat(32), TOKEN_SECRET: 'y'.repeat(32) };
  expect(await rebuildSearch({ env, print: (line) => lines.push(line) })).toBe(true);
  expect(lines).toEqual(['2 listing(s) indexed, 0 of them again because they changed meanwhile.']);
  expect([await find('red'), await find('boat')]).toEqual([[ids[0]], expect.arrayContaining(ids)]);
  expect([await indexNames(), await differing()]).toEqual([before, []]);
  const collections = (await database.connection.listCollections()).map(({ name }) => name);
  expect(collections).not.toContain('listing_search_entries_next');
});

it('catches up with what changes while it builds, and between its last pass and the swap', async () => {
  const { database } = test;
  const { connection, models } = database;
  const [first, second] = [await given('A green boat'), await given('A black boat')];
  await indexListings({ database, search, listingIds: [first, second] });
  /** Changes a listing as a command does; the consumer writes to the index that searches use. */
  const change = async (id: string, set: object) => {
    await models.listings.updateOne({ _id: id }, { $set: set, $inc: { version: 1 } });
    await indexListings({ database, search, listingIds: [id] });
  };
  await dropEntriesBeside(connection);
  const model = entriesBeside(connection);
  await ensureCollection(connection, model as never);
  const beside = createMongoListingSearch({ model });
  let puts = 0;
  const changedMeanwhile: ListingSearch = {
    ...beside,
    async put(listings) {
      await beside.put(listings);
      puts += 1;
      if (puts === 1) await change(first, { state: 'withdrawn' });
    },
  };
  const rebuilt = await rebuildIndex({
    database,
    beside: changedMeanwhile,
    search,
    async swap() {
      await change(second, { 'live.title': 'A white boat' });
      await swapEntries(connection);
    },
  });
  expect(rebuilt).toMatchObject({ caughtUp: 2, differing: 0 });
  expect([await find('green'), await find('black'), await find('white')]).toEqual([[], [], [second]]);
  expect(await differing()).toEqual([]);
});
