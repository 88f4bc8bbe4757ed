import type { ListingSearch, RemovedListing } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { removalOf, searchableOf } from './searchable-of';

export interface IndexListingsInput {
  database: Pick<Database, 'models'>;
  search: ListingSearch;
  listingIds: readonly string[];
  /** The removals of those that are deleted; one that is not here is left as the index has it. */
  deleted?: readonly RemovedListing[];
}

/**
 * Brings the search index to the present state of some listings: those that buyers see are put, the others removed.
 * A draft that was never published is in no index. Returns the listings that exist. May be repeated, and may run beside
 * itself: versions decide.
 */
export async function indexListings({
  database,
  search,
  listingIds,
  deleted = [],
}: IndexListingsInput): Promise<Listing[]> {
  const listings = await database.models.listings.find({ _id: { $in: [...new Set(listingIds)] } }).lean<Listing[]>();
  const published = listings.filter(({ live }) => live !== null);
  const shown = published.map(searchableOf).filter((searchable) => searchable !== null);
  const known = new Set(shown.map(({ listingId }) => listingId));
  const hidden = published.filter(({ _id }) => !known.has(_id)).map(removalOf);
  // A listing that the index does not take holds up no removal: what buyers must not find matters more.
  const written = await Promise.allSettled([search.put(shown), search.remove([...hidden, ...deleted])]);
  for (const write of written) if (write.status === 'rejected') throw write.reason;
  return listings;
}
