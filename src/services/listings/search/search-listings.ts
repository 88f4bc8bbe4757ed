import type { ListingSearch, SearchQuery, SearchResult } from '../../../contracts/listings/search';
import { isShownAt } from '../../../domain/listings/listing';
import type { SearchPosition } from '../../../domain/listings/search/search-filters';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';

export interface SearchListingsInput {
  database: Pick<Database, 'models'>;
  search: ListingSearch;
  query: SearchQuery;
}

export interface FoundListings extends Pick<SearchResult, 'total' | 'facets'> {
  /** Listings that buyers see at the time of the query, at most as many as its limit. */
  listings: Listing[];
  /** The place of the last one; null where there are no more. */
  next: SearchPosition | null;
}

/**
 * Returns a page of a search. The index only proposes: every hit is read from the database and judged there, so that an
 * index that is late shows nothing that is over, and a page that shrinks by it is filled up.
 */
export async function searchListings({ database, search, query }: SearchListingsInput): Promise<FoundListings> {
  const { tenantId, at, limit } = query;
  // One more than the page shows whether there is a next one.
  const wanted = limit + 1;
  const found: { listing: Listing; position: SearchPosition }[] = [];
  let dropped = 0;
  let first: SearchResult | null = null;
  for (let asked = wanted, { after } = query; ; asked *= 2) {
    const result = await search.query({ ...query, after, limit: asked });
    first ??= result;
    const { hits } = result;
    const ids = hits.map(({ listingId }) => listingId);
    const listings = await database.models.listings.find({ tenantId, _id: { $in: ids } }).lean<Listing[]>();
    const byId = new Map(listings.map((listing) => [listing._id, listing]));
    for (const { listingId, position } of hits) {
      const listing = byId.get(listingId);
      if (listing && isShownAt(listing, at)) found.push({ listing, position });
      else dropped += 1;
    }
    after = hits.at(-1)?.position ?? null;
    if (found.length >= wanted || hits.length < asked) break;
  }
  const page = found.slice(0, limit);
  return {
    listings: page.map(({ listing }) => listing),
    next: found.length > limit ? (page.at(-1)?.position ?? null) : null,
    total: { ...first.total, value: first.total.value - dropped },
    facets: first.facets,
  };
}
