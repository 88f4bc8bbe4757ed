import { compareIndex, type CompareIndexInput, type IndexDifference } from './compare-index';
import { indexListings } from './index-listings';

/**
 * Brings the index to the present state of some listings, whatever it has of them. A version of the index that the
 * database never had, or that belongs to no listing, is forgotten first, because no put would replace it. Returns what
 * differs afterwards. @throws the engine's error while the index takes no writes
 */
export async function mendIndex(input: CompareIndexInput): Promise<IndexDifference[]> {
  const { database, search } = input;
  const differing = await compareIndex(input);
  if (differing.length === 0) return [];
  const impossible = differing.filter(
    ({ indexed, stored }) => indexed && (!stored || indexed.version >= stored.version || stored.publishedAt === null),
  );
  if (impossible.length > 0) await search.forget(impossible.map(({ listingId }) => listingId));
  const listingIds = differing.map(({ listingId }) => listingId);
  await indexListings({ database, search, listingIds });
  return compareIndex({ ...input, listingIds });
}
