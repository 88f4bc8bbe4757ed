import { setImmediate as otherWork } from 'node:timers/promises';
import type { SearchableListing } from '../../contracts/listings/search';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { attributeTermsOf, type SearchFilters } from '../../domain/listings/search/search-filters';
import { searchTermsOf, type SearchedWord } from '../../domain/listings/search/search-terms';
import { keptPrefixOf } from '../../domain/listings/search/search-words';

/** The key that every listing has which buyers see. */
const ALL = '*';

/** Categories that are looked up by their keys; more are compared in the listings that the other conditions find. */
export const MAX_CATEGORIES = 1000;

/** The kinds of keys, by what they begin with. */
const keyOf = {
  stem: (stem: string) => `s:${stem}`,
  prefix: (prefix: string) => `p:${prefix}`,
  category: (slug: string) => `c:${slug}`,
  attribute: (term: string) => `a:${term}`,
  owner: (ownerRef: string) => `o:${ownerRef}`,
  currency: (currency: string) => `m:${currency}`,
} as const;

/** Returns the entry of a listing that buyers see. */
export function entryOf({ content, ...listing }: SearchableListing): SearchEntry {
  const { stems, prefixes, weights } = searchTermsOf(content);
  const attributeTerms = attributeTermsOf(content.attributes);
  return {
    _id: listing.listingId,
    tenantId: listing.tenantId,
    version: listing.version,
    shown: true,
    keys: [
      ALL,
      ...stems.map(keyOf.stem),
      ...prefixes.map(keyOf.prefix),
      keyOf.category(content.category),
      ...attributeTerms.map(keyOf.attribute),
      ...(listing.ownerRef === null ? [] : [keyOf.owner(listing.ownerRef)]),
      ...(content.price ? [keyOf.currency(content.price.currency)] : []),
    ],
    weights,
    category: content.category,
    amountMinor: content.price?.amountMinor ?? null,
    currency: content.price?.currency ?? null,
    ownerRef: listing.ownerRef,
    attributes: content.attributes,
    attributeTerms,
    publishedAt: listing.publishedAt,
    expiresAt: listing.expiresAt,
    deletedAt: null,
  };
}

/**
 * Returns the entries of listings that buyers see. The process does other work before each, because that of a long text
 * takes 20 milliseconds, one of odd signs a hundred, and a batch has a hundred.
 */
export async function entriesOf(listings: readonly SearchableListing[]): Promise<SearchEntry[]> {
  const entries: SearchEntry[] = [];
  for (const listing of listings) {
    await otherWork();
    entries.push(entryOf(listing));
  }
  return entries;
}

/**
 * Returns the conditions of a search, each as the keys of which a listing has one. Words come first, the longest of
 * them before the others: they select the least.
 */
export function keyGroupsOf(filters: SearchFilters, words: readonly SearchedWord[]): string[][] {
  const { categories, attributeTerms, ownerRef, price, currency } = filters;
  const ofWord = (word: SearchedWord): string[] => {
    const prefixes = word.mayBegin ? word.spellings.map(keptPrefixOf).filter((prefix) => prefix !== null) : [];
    return [...new Set([...word.stems.map(keyOf.stem), ...prefixes.map(keyOf.prefix)])];
  };
  const lengthOf = ({ spellings: [spelling = ''] }: SearchedWord): number => spelling.length;
  const groups = [
    ...words.toSorted((one, other) => lengthOf(other) - lengthOf(one)).map(ofWord),
    ...(ownerRef === null ? [] : [[keyOf.owner(ownerRef)]]),
    ...attributeTerms.map((term) => [keyOf.attribute(term)]),
    ...(categories && categories.length <= MAX_CATEGORIES ? [categories.map(keyOf.category)] : []),
    ...(price && currency !== null ? [[keyOf.currency(currency)]] : []),
  ];
  return groups.length > 0 ? groups : [[ALL]];
}
