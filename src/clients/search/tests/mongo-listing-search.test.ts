import type { mongo } from 'mongoose';
import type { ListingSearch } from '../../../contracts/listings/search';
import { openTestDatabase, type TestDatabase } from '../../../testing/servers/test-database';
import { MAX_CATEGORIES } from '../entry-keys';
import { createMongoListingSearch, MAX_CANDIDATES, MAX_MERGED } from '../mongo-listing-search';
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

it('merges the newest of any number of categories, as the index has them in its order', async () => {
  const tenant = 'ptn_categories:live';
  const slugs = Array.from({ length: 2 * MAX_MERGED + 50 }, (_, index) => `category-${index}`);
  const count = MAX_CANDIDATES + 50;
  const listings = Array.from({ length: count }, (_, index) =>
    searchable(tenant, `lst_category_${index}`, { content: { category: slugs[(index * 7) % slugs.length] } }, index),
  );
  await search.put([...listings, searchable(tenant, 'lst_elsewhere', { content: { category: 'elsewhere' } }, -1)]);
  const read = await findsOf(async () => {
    const { hits, total } = await search.query(searchFor(tenant, { categories: slugs, limit: count }));
    expect(hits.map(({ listingId }) => listingId)).toEqual(
      listings.slice(0, MAX_CANDIDATES).map(({ listingId }) => listingId),
    );
    expect(total).toEqual({ value: MAX_CANDIDATES, isExact: false });
  });
  expect(read).toEqual([MAX_MERGED, MAX_MERGED, 50]);
});

it('compares more categories than are looked up in what the other conditions find', async () => {
  const tenant = 'ptn_many:live';
  const slugs = Array.from({ length: MAX_CATEGORIES + 1 }, (_, index) => `category-${index}`);
  await search.put([
    searchable(tenant, 'lst_in', { content: { category: slugs[MAX_CATEGORIES]! } }),
    searchable(tenant, 'lst_out', { content: { category: 'elsewhere' } }),
  ]);
  for (const text of [null, 'thing']) {
    const read = await findsOf(async () => {
      const { hits } = await search.query(searchFor(tenant, { categories: slugs, text }));
      expect(hits.map(({ listingId }) => listingId)).toEqual(['lst_in']);
    });
    expect(read.every((keys) => keys < 10)).toBe(true);
  }
});

describe('a search by words that more listings have than it looks at', () => {
  const tenant = 'ptn_words:live';
  const words = 'bright solid clean small light heavy round green early'.split(' ');
  beforeAll(async () => {
    const common = Array.from({ length: MAX_CANDIDATES + 100 }, (_, index) =>
      searchable(tenant, `lst_common_${index}`, { content: { title: words.join(' ') } }, index),
    );
    const content = { title: `${words.join(' ')} yak`, category: 'boats' };
    await search.put([...common, searchable(tenant, 'lst_old', { ownerRef: 'o', content }, 5000)]);
  });

  it.each<[about: string, more: Parameters<typeof searchFor>[1]]>([
    ['owner', { ownerRef: 'o' }],
    ['category', { categories: ['boats'] }],
    ['shortest word, and a filter that all meet', { text: `${words.join(' ')} yak`, categories: ['things', 'boats'] }],
  ])('finds the oldest by its %s', async (_about, more) => {
    const { hits, total } = await search.query(searchFor(tenant, { text: words.join(' '), ...more }));
    expect([hits.map(({ listingId }) => listingId), total]).toEqual([['lst_old'], { value: 1, isExact: true }]);
  });

  it('counts no further conditions once one leaves no more than it looks at', async () => {
    const counted = await countsOf(() => search.query(searchFor(tenant, { text: `yakyakyak ${words.join(' ')}` })));
    expect(counted).toBe(6);
  });
});

/** Returns the numbers of keys that the reads of some work look up. */
async function findsOf(work: () => Promise<void>): Promise<number[]> {
  return (await commandsOf(work)).flatMap(({ commandName, command: { filter } }) =>
    commandName === 'find' ? [filter.keys.$in.length] : [],
  );
}

/** Returns the number of conditions whose listings some work counts. */
const countsOf = async (work: () => Promise<unknown>): Promise<number> =>
  (await commandsOf(work)).filter(({ commandName }) => commandName === 'aggregate').length;

async function commandsOf(work: () => Promise<unknown>): Promise<mongo.CommandStartedEvent[]> {
  const client = test.database.connection.getClient();
  const sent: mongo.CommandStartedEvent[] = [];
  const note = (event: mongo.CommandStartedEvent) => void sent.push(event);
  client.on('commandStarted', note);
  await work().finally(() => client.off('commandStarted', note));
  return sent;
}
