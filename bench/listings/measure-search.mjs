import { explainedReads, EXPLAINABLE, reasonNotToTrust } from '../growth/explained-reads.mjs';
import { loadSeeds } from '../growth/load-seeds.mjs';
import { spread } from '../measure-requests.mjs';

/** Live listings in the two parts of the ratio of memory. */
const [FEW, MANY] = [1000, 100_000];
/** Of the many each tenth has the common word, and each ten thousandth the rare one. */
const [COMMON, RARE] = [10, 10_000];
/** Listings of the first category: as many of the few as of the many. */
const BIKES = 500;
const WARM_UP = 2;
const ROUNDS = 7;
/** Searches in a slice. */
const SLICE = 25;
/** Searches by a filter before the memory of a process is compared. */
const FILTERED = 300;
const SEARCHED = / (listing_search_entries|listings) /;
const FILTERS = {
  'by a category': 'category=bikes',
  'by an owner': 'ownerRef=owner-1',
  'by a category and an owner': 'category=bikes&ownerRef=owner-1',
  'by a category and a price': 'category=bikes&currency=EUR&priceMax=30000',
};

/**
 * Measures searches by two processes of the api, beside 1,000 and beside 100,000 live listings, each with a database of
 * its own: their memory after the same searches, the CPU of a search for a word that 10,000 listings have over one that
 * 10 have, and, beside the fewer, what searches by filters alone examine: a server takes long to explain them.
 */
export async function measureSearch({ startRole, createTenant, root, results, mongodbUri }) {
  const { openSeeds } = await loadSeeds({ root, results, seeds: 'listings/seed-listings.ts' });
  const shops = [];
  try {
    for (const live of [FEW, MANY])
      shops.push(await openShop({ startRole, createTenant, openSeeds, mongodbUri, live }));
    const [few, many] = shops;
    for (let search = 0; search < FILTERED; search += 1)
      for (const shop of shops) await shop.find(FILTERS['by a category']);
    const rssBytes = { few: await few.rssBytes(), many: await many.rssBytes() };
    const rounds = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const found = { rare: await many.microsOf('q=rare'), common: await many.microsOf('q=common') };
      if (round >= 0) rounds.push(found);
    }
    const filters = [];
    for (const [name, query] of Object.entries(FILTERS)) filters.push({ name, reads: await few.explain(query) });
    return {
      rounds: rounds.length,
      hits: { rare: MANY / RARE, common: MANY / COMMON },
      micros: { rare: spread(rounds.map(({ rare }) => rare)), common: spread(rounds.map(({ common }) => common)) },
      commonOverRare: spread(rounds.map(({ common, rare }) => common / rare)),
      live: { few: FEW, many: MANY },
      rssBytes,
      rssOver: rssBytes.many / rssBytes.few,
      filters,
      model: await reasonNotToTrust(few.uri),
    };
  } finally {
    for (const shop of shops) await shop.end();
  }
}

async function openShop({ startRole, createTenant, openSeeds, mongodbUri, live }) {
  const { href: uri } = Object.assign(new URL(mongodbUri), { pathname: `/bench_search_${live}` });
  const api = await startRole('api', { execArgv: EXPLAINABLE, env: { MONGODB_URI: uri } });
  const { get, put, tenantId } = await createTenant({ url: api.url, mode: 'sandbox' });
  for (const category of ['bikes', 'things']) await put(`/listing-categories/${category}`, { names });
  const seeds = await openSeeds({ uri });
  await seeds.insertLive({ tenantId, count: live, publishedDaysAgo: 1, durationDays: 60, contentAt });
  await seeds.close();
  /** Searches; throws where nothing is found. */
  const find = async (query) => {
    const { items } = await get(`/listings/search?${query}`);
    if (items.length === 0) throw new Error(`${query} finds nothing among ${live}`);
  };
  const usage = () => api.query('usage');

  return {
    uri,
    find,
    /** Returns the memory of the process after a collection of garbage. */
    async rssBytes() {
      await api.query('heaps');
      return (await usage()).rssBytes;
    },
    /** Returns the microseconds of CPU of the api for one search. */
    async microsOf(query) {
      const before = (await usage()).cpuMicros;
      for (let search = 0; search < SLICE; search += 1) await find(query);
      return ((await usage()).cpuMicros - before) / SLICE;
    },
    /** Returns what a search examines of the index and of the listings. */
    async explain(query) {
      const reads = await explainedReads(api, () => find(query));
      return reads.filter(({ read }) => SEARCHED.test(read));
    },
    end: () => api.end(),
  };
}

const names = { en: 'Things', de: 'Dinge' };

const contentAt = (index) => ({
  title: `${index % COMMON === 0 ? 'Common' : 'Usual'} ${index % RARE === 0 ? 'rare' : 'plain'} offer`,
  description: 'As new',
  category: index < BIKES ? 'bikes' : 'things',
  price: { amountMinor: 20_000 + (index % 20_000), currency: 'EUR' },
  ownerRef: `owner-${index % 1000}`,
});
