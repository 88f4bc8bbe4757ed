import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { indexListings } from './index-listings';

export interface RemoveOverInput {
  database: Pick<Database, 'models'>;
  search: ListingSearch;
  /** Null for all tenants. */
  tenantId: string | null;
  /** Business time by which the listings have ended. */
  at: Date;
  /** The listings at most, those that ended first. */
  limit: number;
}

/**
 * Takes listings out of the search index that have ended, or brings the index to the new end of those that were
 * renewed. A listing that no sweep has moved yet stays. Returns the number of those that are not found any more. The
 * events of the listings do the same a little later, and whatever comes second changes nothing.
 */
export async function removeOver({ database, search, tenantId, at, limit }: RemoveOverInput): Promise<number> {
  const listingIds = await search.shownOver({ tenantId, at, limit });
  if (listingIds.length === 0) return 0;
  const listings = await indexListings({ database, search, listingIds });
  return listings.filter(({ state }) => state !== 'live').length;
}
