import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { compareIndex } from './compare-index';
import { indexListings } from './index-listings';
import { mendIndex } from './mend-index';

export interface RebuildIndexInput {
  database: Pick<Database, 'models'>;
  /** An empty index beside the one that searches use. */
  beside: ListingSearch;
  /** Lets searches and writes use the new index from now on. */
  swap: () => Promise<void>;
  /** The index that searches use. */
  search: ListingSearch;
  /** Listings that are read at a time. Defaults to 500. */
  batch?: number;
}

export interface RebuiltIndex {
  listings: number;
  /** Listings that changed meanwhile and were put again. */
  caughtUp: number;
  /** Listings of which the new index still has something else at the end; the reconciler mends them. */
  differing: number;
}

/** Passes over all listings beside the old index, in which the new one catches up with what changes meanwhile. */
const MAX_PASSES = 5;

/**
 * Builds the index anew from the listings. Searches use the old one until the new one is complete; what changes between
 * the last pass and the swap is found by its version and put again right after.
 */
export async function rebuildIndex({
  database,
  beside,
  swap,
  search,
  batch = 500,
}: RebuildIndexInput): Promise<RebuiltIndex> {
  let listings = 0;
  for await (const listingIds of idsInBatches(database, batch)) {
    await indexListings({ database, search: beside, listingIds });
    listings += listingIds.length;
  }
  const catchUp = async (index: ListingSearch): Promise<number> => {
    let changed = 0;
    for await (const listingIds of idsInBatches(database, batch)) {
      const behind = await compareIndex({ database, search: index, listingIds });
      changed += behind.length;
      await mendIndex({ database, search: index, listingIds: behind.map(({ listingId }) => listingId) });
    }
    return changed;
  };
  let caughtUp = 0;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const changed = await catchUp(beside);
    caughtUp += changed;
    if (changed === 0) break;
  }
  await swap();
  caughtUp += await catchUp(search);
  let differing = 0;
  for await (const listingIds of idsInBatches(database, batch))
    differing += (await compareIndex({ database, search, listingIds })).length;
  return { listings, caughtUp, differing };
}

/** Returns the ids of all listings, some at a time. */
async function* idsInBatches({ models }: Pick<Database, 'models'>, batch: number): AsyncGenerator<string[]> {
  for (let after = ''; ;) {
    const found = await models.listings
      .find({ _id: { $gt: after } }, { _id: 1 })
      .sort({ _id: 1 })
      .limit(batch)
      .lean();
    const ids = found.map(({ _id }) => _id);
    if (ids.length > 0) yield ids;
    if (ids.length < batch) return;
    after = ids.at(-1)!;
  }
}
