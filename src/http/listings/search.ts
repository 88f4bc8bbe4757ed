import type { ListingSearch } from '../../contracts/listings/search';
import { DomainError } from '../../domain/domain-error';
import { attributesNamedIn, parseSearch, requireLimits } from '../../domain/listings/search/search-query';
import type { SearchFilters, SearchPosition } from '../../domain/listings/search/search-filters';
import type { Database } from '../../models/database';
import type { Clock } from '../../services/clock';
import { findSearchedCategories } from '../../services/listings/search/find-searched-categories';
import { searchListings } from '../../services/listings/search/search-listings';
import type { CallOf, Handlers } from '../handler';
import { limitedAs } from '../pipeline/visitors';
import { RequestProblem, type ProblemCode } from '../problem';
import type { Cursors } from '../replies/cursors';
import { presentFoundListing } from './present-found-listing';

export interface SearchHandlersInput {
  database: Database;
  clock: Clock;
  cursors: Cursors;
  listingSearch: ListingSearch;
}

type SearchCall = CallOf<'searchListings'>;

/** Searches the listings that buyers see. */
export function searchHandlers({
  database,
  clock,
  cursors,
  listingSearch,
}: SearchHandlersInput): Handlers<'searchListings'> {
  const filtersOf = async ({ tenantId, query, deadline }: SearchCall): Promise<SearchFilters> => {
    const { limit: _limit, cursor: _cursor, ...parameters } = query;
    requireLimits(parameters);
    const keys = attributesNamedIn(parameters);
    const slug = parameters.category ?? null;
    const { categories, known } = await findSearchedCategories({ database, tenantId, slug, keys, deadline });
    return parseSearch({ parameters, categories, known });
  };

  return {
    async searchListings(call) {
      const { tenantId, query, deadline } = call;
      const { limit = 20, cursor } = query;
      const filters = await filtersOf(call).catch((error: unknown) => {
        throw atParameter(error);
      });
      const list = listOf(filters, query);
      const after = cursor === undefined ? null : (JSON.parse(cursors.read(cursor, list, call)) as SearchPosition);
      const at = await clock.now(tenantId);
      const { listings, next, total, facets } = await searchListings({
        database,
        search: listingSearch,
        query: { ...filters, tenantId, at, after, limit, sharer: limitedAs(call.caller), deadline },
      });
      return {
        status: 200,
        body: {
          items: listings.map(presentFoundListing),
          next: next && cursors.write(JSON.stringify(next), list, call),
          total: { value: total.value, exact: total.isExact },
          facets,
        },
      };
    },
  };
}

/**
 * Returns a search by its parameters alone, the form in which its cursors are signed: categories and attributes that
 * the partner adds or changes between two pages leave it the same list.
 */
const listOf = (filters: SearchFilters, { category, attributes = {} }: SearchCall['query']) => ({
  ...filters,
  categories: category ?? null,
  attributeTerms: Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)),
});

/** Returns an error that points at a parameter of the query as the API reports it. */
function atParameter(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.pointer === undefined) return error;
  const { code, message: detail, pointer } = error;
  return new RequestProblem(code as ProblemCode, detail, {
    errors: [{ parameter: pointer.slice(1), rule: code.toLowerCase(), detail }],
  });
}
