import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { LISTING_VERSIONS_INDEX } from '../../../models/listings/listing';
import { isIndexed, storedVersionFields, type StoredVersion } from '../../../services/listings/search/compare-index';

/** A round of so many looks, one every 30 s, is done within 10 minutes; one look more is left for delays. */
const LOOKS_PER_ROUND = 19;

/** Listings that are read together: a look of a million listings must not name 52,632 in one query. */
const READ_TOGETHER = 1000;

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

/** Compares some listings in parts, from one place to the next. */
async function inParts(
  compare: (input: NextVersionsInput) => Promise<NextVersions>,
  { limit, after, ...input }: NextVersionsInput,
): Promise<NextVersions> {
  const differing: string[] = [];
  let next = after;
  for (let left = limit; left > 0; left -= READ_TOGETHER) {
    const part = await compare({ ...input, after: next, limit: Math.min(left, READ_TOGETHER) });
    differing.push(...part.differing);
    next = part.next;
    if (next === '') break;
  }
  return { differing, next };
}

/** Compares the next listings with what the index has of them. Both sides are read from an index alone. */
export const nextListings = (input: NextVersionsInput): Promise<NextVersions> => inParts(compareListings, input);

/** Finds what the index shows although no such listing exists; the others are compared from their side. */
export const nextInIndex = (input: NextVersionsInput): Promise<NextVersions> => inParts(compareShown, input);

async function compareListings({ database, search, after, limit }: NextVersionsInput): Promise<NextVersions> {
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

async function compareShown({ database, search, after, limit }: NextVersionsInput): Promise<NextVersions> {
  const shown = await search.shownAfter({ listingId: after, limit });
  const ids = shown.map(({ listingId }) => listingId);
  const existing = await database.models.listings
    .find({ _id: { $in: ids } }, { _id: 1 })
    .hint(LISTING_VERSIONS_INDEX)
    .lean<Pick<StoredVersion, '_id'>[]>();
  const known = new Set(existing.map(({ _id }) => _id));
  return { differing: ids.filter((id) => !known.has(id)), next: shown.length < limit ? '' : (ids.at(-1) ?? '') };
}
