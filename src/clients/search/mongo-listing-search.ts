import type { Model, mongo } from 'mongoose';
import { readWithin } from '../../contracts/listings/caller-deadline';
import type {
  IndexedVersion,
  ListingSearch,
  RemovedListing,
  SearchHit,
  SearchQuery,
  SearchResult,
} from '../../contracts/listings/search';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { comparePositions, facetCounts } from '../../domain/listings/search/search-filters';
import { searchedWordsOf } from '../../domain/listings/search/search-terms';
import { entriesOf, keyGroupsOf } from './entry-keys';
import { rankEntries, type RankedEntry } from './rank-entries';
import { createSearchPlaces } from './search-places';

/** Listings that a search looks at, the newest first. */
export const MAX_CANDIDATES = 1000;
/** Conditions whose listings are counted at the same time, to find the one that selects the least. */
const COUNTED_TOGETHER = 6;
/** Keys whose listings MongoDB merges in the order of the index; of more it sorts all their listings in memory. */
export const MAX_MERGED = 200;

/** Searches whose candidates are in memory at a time: those with long texts are 30 MB a search. */
const SEARCHES_AT_A_TIME = 8;

export interface MongoListingSearchInput {
  /** The model `listingSearchEntries`. */
  model: Model<SearchEntry>;
}

/**
 * A search index on MongoDB's ordinary indexes: each listing has an entry with the keys by which it is found, its words
 * among them. The index gives the newest listings with one key; the other conditions are compared in this process, with
 * a thousand candidates at most. Where there are more the total is not exact, and the oldest are not found.
 */
export function createMongoListingSearch({ model }: MongoListingSearchInput): ListingSearch {
  // Documents are read and written as they are: a search reads a thousand of them.
  const entries = model.collection as unknown as mongo.Collection<SearchEntry>;
  const places = createSearchPlaces(SEARCHES_AT_A_TIME);

  async function candidatesOf(query: SearchQuery, groups: string[][]): Promise<SearchEntry[]> {
    const keys = await fewest(query, groups);
    const options = {
      sort: { publishedAt: -1, _id: -1 },
      limit: MAX_CANDIDATES + 1,
      batchSize: MAX_CANDIDATES + 1,
      projection: fieldsFor(query),
    } as const;
    const { tenantId, deadline } = query;
    const read = (some: string[]) =>
      entries.find({ tenantId, keys: { $in: some } }, { ...options, ...readWithin(deadline) }).toArray();
    if (keys.length <= MAX_MERGED) return read(keys);
    let newest: SearchEntry[] = [];
    for (let from = 0; from < keys.length; from += MAX_MERGED)
      newest = [...newest, ...(await read(keys.slice(from, from + MAX_MERGED)))]
        .sort(newestFirst)
        .slice(0, MAX_CANDIDATES + 1);
    return newest;
  }

  /**
   * Returns the condition that the fewest listings meet, of the first that are counted together. Where each of them has
   * more listings than a search looks at, the next are counted, up to the last: one that has fewer leaves none out.
   */
  async function fewest({ tenantId, deadline }: SearchQuery, groups: string[][]): Promise<string[]> {
    const [first = []] = groups;
    if (groups.length === 1) return first;
    for (let from = 0; from < groups.length; from += COUNTED_TOGETHER) {
      const options = { limit: MAX_CANDIDATES + 1, ...readWithin(deadline) };
      const some = groups.slice(from, from + COUNTED_TOGETHER);
      const counts = await Promise.all(
        some.map((keys) => entries.countDocuments({ tenantId, keys: { $in: keys } }, options)),
      );
      const least = Math.min(...counts);
      if (least <= MAX_CANDIDATES) return some[counts.indexOf(least)] ?? first;
    }
    return first;
  }

  return {
    put: async (listings) => writeNewest(entries, await entriesOf(listings)),
    remove: (listings) => writeNewest(entries, listings.map(tombstoneOf)),

    async query(query) {
      const words = query.text === null ? [] : searchedWordsOf(query.text);
      // A text of signs alone is in no listing.
      if (query.text !== null && words.length === 0) return resultOf(query, [], true);
      return places.run(query, async () => {
        const found = await candidatesOf(query, keyGroupsOf(query, words));
        const ranked = await rankEntries({ query, words, entries: found.slice(0, MAX_CANDIDATES) });
        return resultOf(query, ranked, found.length <= MAX_CANDIDATES);
      });
    },

    async versionsOf(listingIds) {
      const found = await entries
        .find({ _id: { $in: [...listingIds] } }, { projection: versionFields, hint: 'versions' })
        .toArray();
      return found.map(versionOf);
    },

    async shownAfter({ listingId, limit }) {
      const found = await entries
        .find({ shown: true, _id: { $gt: listingId } }, { projection: versionFields, sort: { _id: 1 }, limit })
        .toArray();
      return found.map(versionOf);
    },

    async shownOver({ tenantId, at, limit }) {
      const ofTenant = tenantId === null ? {} : { tenantId };
      const found = await entries
        .find(
          { ...ofTenant, shown: true, expiresAt: { $lte: at } },
          { projection: { _id: 1 }, sort: { expiresAt: 1 }, limit },
        )
        .toArray();
      return found.map(({ _id }) => _id);
    },

    async forget(listingIds) {
      if (listingIds.length === 0) return;
      await entries.bulkWrite(
        listingIds.map((_id) => ({ deleteOne: { filter: { _id } } })),
        { ordered: false },
      );
    },
  };
}

/** The order of the index. A listing has one category, so no two reads of categories find the same listing. */
const newestFirst = (one: SearchEntry, other: SearchEntry): number =>
  (other.publishedAt?.getTime() ?? 0) - (one.publishedAt?.getTime() ?? 0) || (one._id < other._id ? 1 : -1);

const DUPLICATE_KEY = 11_000;

/** Writes each entry, unless the index has the same version or a newer one. */
async function writeNewest(entries: mongo.Collection<SearchEntry>, newest: readonly SearchEntry[]): Promise<void> {
  if (newest.length === 0) return;
  const replace = (entry: SearchEntry, upsert: boolean): mongo.AnyBulkWriteOperation<SearchEntry> => {
    const { _id, tenantId, version, ...rest } = entry;
    const filter = { _id, tenantId, version: { $lt: version } };
    return { replaceOne: { filter, replacement: { tenantId, version, ...rest }, upsert } };
  };
  const refused: number[] = [];
  try {
    await entries.bulkWrite(
      newest.map((entry) => replace(entry, true)),
      { ordered: false },
    );
  } catch (error) {
    const faults = [(error as mongo.MongoBulkWriteError).writeErrors ?? []].flat();
    if (faults.length === 0 || faults.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    refused.push(...faults.map(({ index }) => index));
  }
  if (refused.length === 0) return;
  // The entry is there: with a newer version, or with an older one that was inserted in the same moment.
  await entries.bulkWrite(
    refused.map((index) => replace(newest[index]!, false)),
    { ordered: false },
  );
}

const tombstoneOf = ({ listingId, tenantId, version, isDeleted }: RemovedListing): SearchEntry => ({
  _id: listingId,
  tenantId,
  version,
  keys: [],
  weights: '',
  category: null,
  amountMinor: null,
  currency: null,
  ownerRef: null,
  attributes: {},
  attributeTerms: [],
  publishedAt: null,
  expiresAt: null,
  deletedAt: isDeleted ? new Date() : null,
});

/** Returns the fields that a search compares, sorts by or counts; a thousand entries are read of each. */
function fieldsFor({ text, categories, price, sort, attributeTerms, ownerRef, facets }: SearchQuery) {
  const isPriced = price !== null || sort === 'price' || sort === '-price';
  return {
    publishedAt: 1,
    expiresAt: 1,
    ...(text === null ? {} : { weights: 1 }),
    ...(categories === null ? {} : { category: 1 }),
    ...(isPriced ? { amountMinor: 1, currency: 1 } : {}),
    ...(attributeTerms.length === 0 ? {} : { attributeTerms: 1 }),
    ...(ownerRef === null ? {} : { ownerRef: 1 }),
    ...(facets.length === 0 ? {} : Object.fromEntries(facets.map((key) => [`attributes.${key}`, 1]))),
  } as const;
}

function resultOf({ after, limit, facets }: SearchQuery, ranked: RankedEntry[], isExact: boolean): SearchResult {
  const hits = ranked
    .filter(({ position }) => after === null || comparePositions(after, position) < 0)
    .map(({ facts: { listingId }, position }): SearchHit => ({ listingId, position }));
  return {
    hits: hits.splice(0, limit),
    more: async (count) => hits.splice(0, count),
    total: { value: ranked.length, isExact },
    facets: facetCounts(
      facets,
      ranked.map(({ facts }) => facts),
    ),
  };
}

const versionFields = { _id: 1, tenantId: 1, version: 1, shown: 1 } as const;

const versionOf = ({ _id: listingId, tenantId, version, shown }: SearchEntry): IndexedVersion => ({
  listingId,
  tenantId,
  version,
  isShown: shown === true,
});
