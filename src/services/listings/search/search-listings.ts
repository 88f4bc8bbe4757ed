import { readWithin } from '../../../contracts/listings/caller-deadline';
import type { ListingSearch, SearchHit, SearchQuery, SearchResult } from '../../../contracts/listings/search';
import { isShownAt } from '../../../domain/listings/listing';
import { meetsFilters, type SearchPosition } from '../../../domain/listings/search/search-filters';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { searchFactsOf } from './searchable-of';

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
 * Returns a page of a search. The index only proposes: every hit is read from the database and judged there by the
 * time and the filters, so that an index that is late shows nothing that is over or costs more than was asked for, and
 * a page that shrinks by it is filled up. Where that happens the total is not exact, nor are the facets.
 */
export async function searchListings({ database, search, query }: SearchListingsInput): Promise<FoundListings> {
  const { limit } = query;
  // One more than the page shows whether there is a next one.
  const wanted = limit + 1;
  const result = await search.query({ ...query, limit: wanted });
  const found: FoundHit[] = [];
  let dropped = 0;
  for (let { hits } = result, asked = wanted; ; hits = await result.more(asked)) {
    const shown = await shownOf({ database, query, hits });
    found.push(...shown);
    dropped += hits.length - shown.length;
    if (found.length >= wanted || hits.length < asked) break;
    asked *= 2;
  }
  const { total, facets } = result;
  const page = found.slice(0, limit);
  return {
    listings: page.map(({ listing }) => listing),
    next: found.length > limit ? (page.at(-1)?.position ?? null) : null,
    total: { value: total.value - dropped, isExact: total.isExact && dropped === 0 },
    facets,
  };
}

interface FoundHit extends Pick<SearchHit, 'position'> {
  listing: Listing;
}

interface ShownOfInput extends Omit<SearchListingsInput, 'search'> {
  hits: readonly SearchHit[];
}

/** Returns the hits that buyers see and that meet the filters as they are now. */
async function shownOf({ database, query, hits }: ShownOfInput): Promise<FoundHit[]> {
  if (hits.length === 0) return [];
  const { tenantId, at, deadline } = query;
  const ids = hits.map(({ listingId }) => listingId);
  const listings = await database.models.listings
    .find({ tenantId, _id: { $in: ids } }, null, readWithin(deadline))
    .lean<Listing[]>();
  const byId = new Map(listings.map((listing) => [listing._id, listing]));
  return hits.flatMap(({ listingId, position }) => {
    const listing = byId.get(listingId);
    if (!listing || !isShownAt(listing, at)) return [];
    return meetsFilters(query, searchFactsOf(listing), at.getTime()) ? [{ listing, position }] : [];
  });
}
