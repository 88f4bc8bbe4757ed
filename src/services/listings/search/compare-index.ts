import type { IndexedVersion, ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';

/** What the database has of a listing, for a comparison of versions. */
export type StoredVersion = Pick<Listing, '_id' | 'tenantId' | 'state' | 'version' | 'publishedAt'>;
export const storedVersionFields = { tenantId: 1, state: 1, version: 1, publishedAt: 1 } as const;

/** A listing of which the search index has something else than the database. */
export interface IndexDifference {
  listingId: string;
  tenantId: string;
  /** Null where the index has nothing. */
  indexed: IndexedVersion | null;
  /** Null for a listing that does not exist. */
  stored: StoredVersion | null;
}

/** Returns true where the index has what it should have of a listing. */
export function isIndexed({ indexed, stored }: Pick<IndexDifference, 'indexed' | 'stored'>): boolean {
  // Nobody has seen it, so the index need not know that nobody sees it.
  if (stored === null || stored.publishedAt === null) return indexed === null || !indexed.isShown;
  if (indexed === null) return false;
  return indexed.version === stored.version && indexed.isShown === (stored.state === 'live');
}

export interface CompareIndexInput {
  database: Pick<Database, 'models'>;
  search: ListingSearch;
  listingIds: readonly string[];
}

/**
 * Returns the listings of which the index has something else. The index is read first: it may then be behind, because
 * a listing has changed since, and never ahead.
 */
export async function compareIndex({ database, search, listingIds }: CompareIndexInput): Promise<IndexDifference[]> {
  if (listingIds.length === 0) return [];
  const ids = [...new Set(listingIds)];
  const indexedById = new Map((await search.versionsOf(ids)).map((indexed) => [indexed.listingId, indexed]));
  const stored = await database.models.listings
    .find({ _id: { $in: ids } }, storedVersionFields)
    .lean<StoredVersion[]>();
  const storedById = new Map(stored.map((listing) => [listing._id, listing]));
  return ids
    .map((listingId) => ({
      listingId,
      indexed: indexedById.get(listingId) ?? null,
      stored: storedById.get(listingId) ?? null,
    }))
    .filter((pair) => !isIndexed(pair))
    .map((pair) => ({ ...pair, tenantId: pair.stored?.tenantId ?? pair.indexed?.tenantId ?? '' }));
}

/** Returns the difference in a sentence, for the operator. */
export function describeDifference({ indexed, stored }: IndexDifference): string {
  const ours = stored ? `is ${stored.state} in version ${stored.version}` : 'does not exist';
  const theirs = indexed
    ? `${indexed.isShown ? 'shows' : 'hides'} version ${indexed.version}`
    : 'does not have the listing';
  return `The listing ${ours}, but the search index ${theirs}`;
}
