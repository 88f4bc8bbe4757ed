import { foldText } from '../../values/fold-text';
import type { Attributes, AttributeValue } from '../attributes';

export const searchSorts = ['relevance', 'newest', 'price', '-price', 'ending'] as const;
export type SearchSort = (typeof searchSorts)[number];

/** The conditions and the order of a search, as `parseSearch` accepts them. */
export interface SearchFilters {
  /** Null for a search by filters alone. */
  text: string | null;
  /** The slugs of which a listing has one; null for any category. */
  categories: string[] | null;
  /** Bounds in minor units of `currency`, both inclusive; null where any price will do, or none. */
  price: { min: number | null; max: number | null } | null;
  /** The currency of the bounds and of an order by price. */
  currency: string | null;
  /** Each as `attributeTermOf` returns it. */
  attributeTerms: string[];
  ownerRef: string | null;
  sort: SearchSort;
  /** Keys of attributes whose values are counted. */
  facets: string[];
}

/** Returns the form in which an attribute's value is compared with that of a filter: in any case, with any accents. */
export const attributeTermOf = (key: string, value: AttributeValue): string => `${key}=${foldText(String(value))}`;

/** Returns the values of a listing's attributes, each as `attributeTermOf` returns it. */
export const attributeTermsOf = (attributes: Attributes): string[] =>
  Object.entries(attributes).map(([key, value]) => attributeTermOf(key, value));

/** The facts of a listing that searches compare. Times are milliseconds. */
export interface SearchFacts {
  listingId: string;
  category: string;
  /** In minor units; null without a price. */
  amountMinor: number | null;
  currency: string | null;
  ownerRef: string | null;
  attributes: Readonly<Record<string, AttributeValue>>;
  /** Each as `attributeTermOf` returns it. */
  attributeTerms: readonly string[];
  publishedAtMs: number;
  expiresAtMs: number;
}

/** Returns true for a listing that meets every condition but the text at an instant. */
export function meetsFilters(
  { categories, price, currency, attributeTerms, ownerRef }: SearchFilters,
  facts: SearchFacts,
  atMs: number,
): boolean {
  if (facts.expiresAtMs <= atMs) return false;
  if (categories && !categories.includes(facts.category)) return false;
  if (ownerRef !== null && facts.ownerRef !== ownerRef) return false;
  if (price) {
    const { amountMinor } = facts;
    if (amountMinor === null || facts.currency !== currency) return false;
    if ((price.min !== null && amountMinor < price.min) || (price.max !== null && amountMinor > price.max))
      return false;
  }
  return attributeTerms.every((term) => facts.attributeTerms.includes(term));
}

/**
 * A place in an order: the value that is sorted by (null, which comes last, where the listing has none), then the
 * publication, the newest first, then the id.
 */
export type SearchPosition = readonly [value: number | null, publishedAtMs: number, listingId: string];

/** Returns the place of a listing in an order. */
export function positionOf(
  { sort, currency }: Pick<SearchFilters, 'sort' | 'currency'>,
  { listingId, publishedAtMs, expiresAtMs, amountMinor, ...facts }: SearchFacts,
  relevance: number,
): SearchPosition {
  const price = facts.currency === currency ? amountMinor : null;
  const values = {
    relevance: -relevance,
    newest: 0,
    price,
    '-price': price === null ? null : -price,
    ending: expiresAtMs,
  };
  return [values[sort], publishedAtMs, listingId];
}

/** Compares two places of one order, for `Array.sort`. */
export function comparePositions(one: SearchPosition, other: SearchPosition): number {
  if (one[0] !== other[0]) return (one[0] ?? Infinity) - (other[0] ?? Infinity);
  if (one[1] !== other[1]) return other[1] - one[1];
  return one[2] < other[2] ? 1 : one[2] > other[2] ? -1 : 0;
}

/** A value of an attribute, with the number of listings that have it. */
export interface FacetCount {
  value: AttributeValue;
  count: number;
}

const MAX_FACET_VALUES = 50;

/** Returns the most frequent values of each attribute among some listings, with their counts. */
export function facetCounts(
  facets: readonly string[],
  found: readonly Pick<SearchFacts, 'attributes'>[],
): Record<string, FacetCount[]> {
  const countsOf = (key: string): FacetCount[] => {
    const counts = new Map<AttributeValue, number>();
    for (const { attributes } of found) {
      const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((one, other) => other.count - one.count || (String(one.value) < String(other.value) ? -1 : 1))
      .slice(0, MAX_FACET_VALUES);
  };
  return Object.fromEntries(facets.map((key) => [key, countsOf(key)]));
}
