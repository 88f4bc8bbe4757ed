import type { CallerDeadline } from './caller-deadline';
import type { ListingContent } from '../../domain/listings/content';
import type { FacetCount, SearchFilters, SearchPosition } from '../../domain/listings/search/search-filters';

/** A listing that buyers see, as a search index receives it. */
export interface SearchableListing {
  listingId: string;
  tenantId: string;
  /** The listing's version; an index keeps the highest that it has received. */
  version: number;
  content: Omit<ListingContent, 'images' | 'language' | 'metadata'>;
  ownerRef: string | null;
  publishedAt: Date;
  expiresAt: Date;
}

/** A listing that buyers do not see any more. */
export interface RemovedListing {
  listingId: string;
  tenantId: string;
  version: number;
  /** The listing itself is deleted. */
  isDeleted: boolean;
}

/** A search, after the parameters were accepted. */
export interface SearchQuery extends SearchFilters {
  tenantId: string;
  /** The tenant's business time; what has ended by then is not found. */
  at: Date;
  /** The place after which the page begins; null for the first page. */
  after: SearchPosition | null;
  limit: number;
  /** Under whose name the search is limited: the tenant, or the visitors of its web pages together. */
  sharer: string;
  deadline: CallerDeadline;
}

export interface SearchHit {
  listingId: string;
  position: SearchPosition;
}

export interface SearchResult {
  /** In the order of the search; fewer than the limit only where there are no more. */
  hits: SearchHit[];
  /**
   * Returns the next hits, of the listings that the search has found already; fewer only where there are no more. It
   * searches nothing again, so `total` and `facets` hold for them too.
   */
  more(count: number): Promise<SearchHit[]>;
  /** The number of listings found; not exact where the engine stopped counting. */
  total: { value: number; isExact: boolean };
  /** By the key of the attribute. */
  facets: Record<string, FacetCount[]>;
}

/** The version of a listing that an index has. */
export interface IndexedVersion {
  listingId: string;
  tenantId: string;
  version: number;
  /** False for the tombstone of a removed listing. */
  isShown: boolean;
}

/**
 * A search index of listings. It follows the database and may be late, so its hits are only candidates: who shows them
 * looks at the listing itself.
 *
 * Every put and remove carries the listing's version, and one that is not newer than what the index has changes
 * nothing. A remove leaves a tombstone with its version, so that an older put that comes late brings nothing back.
 */
export interface ListingSearch {
  put(listings: readonly SearchableListing[]): Promise<void>;
  remove(listings: readonly RemovedListing[]): Promise<void>;
  query(query: SearchQuery): Promise<SearchResult>;
  /** Returns what the index has of some listings, tombstones included. */
  versionsOf(listingIds: readonly string[]): Promise<IndexedVersion[]>;
  /** Returns the listings that the index shows, of all tenants, by their ids, after an id. */
  shownAfter(input: { listingId: string; limit: number }): Promise<IndexedVersion[]>;
  /** Returns the ids of some listings that the index shows although their time has passed, by what the index has. */
  shownOver(input: { tenantId: string | null; at: Date; limit: number }): Promise<string[]>;
  /** Forgets listings with their versions, so that the next put or remove holds whatever its version is. */
  forget(listingIds: readonly string[]): Promise<void>;
}
