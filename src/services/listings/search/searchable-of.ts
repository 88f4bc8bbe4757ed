import type { RemovedListing, SearchableListing } from '../../../contracts/listings/search';
import { attributeTermsOf, type SearchFacts } from '../../../domain/listings/search/search-filters';
import type { Listing } from '../../../models/listings/listing';

/** Returns a listing as the search index receives it; null for one that buyers do not see, whatever the time. */
export function searchableOf(listing: Listing): SearchableListing | null {
  const { _id: listingId, tenantId, version, state, live, ownerRef, publishedAt, expiresAt } = listing;
  if (state !== 'live' || !live || !publishedAt || !expiresAt) return null;
  const { title, description, category, price, attributes, place } = live;
  const content = { title, description, category, price, attributes, place };
  return { listingId, tenantId, version, content, ownerRef, publishedAt, expiresAt };
}

/** Returns the facts of a published listing, as searches compare them. */
export const searchFactsOf = ({ _id: listingId, live, ownerRef, publishedAt, expiresAt }: Listing): SearchFacts => ({
  listingId,
  category: live?.category ?? '',
  amountMinor: live?.price?.amountMinor ?? null,
  currency: live?.price?.currency ?? null,
  ownerRef,
  attributes: live?.attributes ?? {},
  attributeTerms: attributeTermsOf(live?.attributes ?? {}),
  publishedAtMs: publishedAt?.getTime() ?? 0,
  expiresAtMs: expiresAt?.getTime() ?? 0,
});

/** Returns the removal of a listing that buyers do not see. */
export const removalOf = ({ _id: listingId, tenantId, version }: Listing): RemovedListing => ({
  listingId,
  tenantId,
  version,
  isDeleted: false,
});
