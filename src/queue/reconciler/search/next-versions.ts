import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { LISTING_VERSIONS_INDEX } from '../../../models/listings/listing';
import { isIndexed, storedVersionFields, type StoredVersion } from '../../../services/listings/search/compare-index';

/** A round of so many looks, one every 30 s, is done within 10 minutes; one look more is left for delays. */
const LOOKS_PER_ROUND = 19;

/** Returns the number of listings that a look compares. */
export const perLookOf = async ({ models }: Database, slice: number): Promise<number> =>
  Math.max(slice, Math.ceil((await models.listings.estimatedDocumentCount()) / LOOKS_PER_ROUND));

export interface NextVersionsInput {
  database: Database;
  search: ListingSearch;
  /** The place that the round has reached; empty at its beginning. */
  after: string;
  limit: number;
}

export interface NextVersions {
  /** Listings that seem to differ, by reads that were not made at one moment. */
  differing: string[];
  /** The place from which the next look continues; empty when the round is done. */
  next: string;
}

/** Compares the next listings with what the index has of them. Both sides are read from an index alone. */
export async function nextListings({ database, search, after, limit }: NextVersionsInput): Promise<NextVersions> {
  const listings = await database.models.listings
    .find({ _id: { $gt: after } }, storedVersionFields)
    .sort({ _id: 1 })
    .limit(limit)
    .hint(LISTING_VERSIONS_INDEX)
    .lean<StoredVersion[]>();
  const indexed = await search.versionsOf(listings.map(({ _id }) => _id));
  const byId = new Map(indexed.map((version) => [version.listingId, version]));
  return {
    differing: listings
      .filter((stored) => !isIndexed({ indexed: byId.get(stored._id) ?? null, stored }))
      .map(({ _id }) => _id),
    next: listings.length < limit ? '' : (listings.at(-1)?._id ?? ''),
  };
}

/** Finds what the index shows although no such listing exists; the others are compared from their side. */
export async function nextInIndex({ database, search, after, limit }: NextVersionsInput): Promise<NextVersions> {
  const shown = await search.shownAfter({ listingId: after, limit });
  const ids = shown.map(({ listingId }) => listingId);
  const existing = await database.models.listings
    .find({ _id: { $in: ids } }, { _id: 1 })
    .hint(LISTING_VERSIONS_INDEX)
    .lean<Pick<StoredVersion, '_id'>[]>();
  const known = new Set(existing.map(({ _id }) => _id));
  return { differing: ids.filter((id) => !known.has(id)), next: shown.length < limit ? '' : (ids.at(-1) ?? '') };
}
