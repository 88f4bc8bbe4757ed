import type { ListingSearch } from '../../../contracts/listings/search';
import { openTestDatabase, type TestDatabase } from '../../../testing/servers/test-database';
import { createMongoListingSearch, MAX_CANDIDATES } from '../mongo-listing-search';
import { describeListingSearch } from './listing-search-contract';
import { searchable, searchFor } from './searchable';

let test: TestDatabase;
let search: ListingSearch;
beforeAll(async () => {
  test = await openTestDatabase();
  search = createMongoListingSearch({ model: test.database.models.listingSearchEntries });
});
afterAll(() => test.drop());

describeListingSearch({ name: 'MongoDB', engine: () => search, maxExact: MAX_CANDIDATES });

const tenantId = 'ptn_examined:live';

it('examines one document for each listing that a single filter finds', async () => {
  const listings = Array.from({ length: 40 }, (_, index) =>
    searchable(tenantId, `lst_examined_${index}`, {
      ownerRef: `owner-${index % 8}`,
      content: { category: index % 4 === 0 ? 'boats' : 'cars', attributes: { deck: index % 5 === 0 ? 'teak' : 'oak' } },
    }),
  );
  await search.put(listings);
  const entries = test.database.models.listingSearchEntries.collection;
  for (const [keys, count] of [
    ['c:boats', 10],
    ['a:deck=teak', 8],
    ['o:owner-3', 5],
    ['*', 40],
  ] as const) {
    const explained = await entries
      .find({ tenantId, keys: { $in: [keys] } }, { sort: { publishedAt: -1, _id: -1 }, limit: MAX_CANDIDATES + 1 })
      .explain('executionStats');
    const { totalDocsExamined, nReturned } = explained.executionStats as Record<string, number>;
    expect([keys, totalDocsExamined, nReturned]).toEqual([keys, count, count]);
  }
  const found = await search.query(searchFor(tenantId, { categories: ['boats'] }));
  expect(found.total).toEqual({ value: 10, isExact: true });
});
