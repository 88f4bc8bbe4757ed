import { setImmediate } from 'node:timers/promises';
import type { SearchHit, SearchQuery } from '../../contracts/listings/search';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import {
  comparePositions,
  meetsFilters,
  positionOf,
  type SearchFacts,
} from '../../domain/listings/search/search-filters';
import { relevanceOf, type SearchedWord } from '../../domain/listings/search/search-terms';

/** Milliseconds after which a long comparison lets other requests go on. */
const TURN_MS = 10;

export interface RankEntriesInput {
  query: SearchQuery;
  words: readonly SearchedWord[];
  entries: readonly SearchEntry[];
}

export interface RankedEntry extends Pick<SearchHit, 'position'> {
  facts: SearchFacts;
}

/**
 * Returns the entries that meet every condition of a search, in its order. A thousand entries with long texts take a
 * while, in which other requests have their turns, and which ends with the deadline of the query.
 * @throws the deadline's error
 */
export async function rankEntries({ query, words, entries }: RankEntriesInput): Promise<RankedEntry[]> {
  const atMs = query.at.getTime();
  const ranked: RankedEntry[] = [];
  let turnEndsMs = performance.now() + TURN_MS;
  for (const entry of entries) {
    if (performance.now() >= turnEndsMs) {
      await setImmediate();
      query.deadline.throwIfOver();
      turnEndsMs = performance.now() + TURN_MS;
    }
    const facts = factsOf(entry);
    if (!meetsFilters(query, facts, atMs)) continue;
    const relevance = words.length === 0 ? 0 : relevanceOf(words, entry.weights);
    if (relevance !== null) ranked.push({ facts, position: positionOf(query, facts, relevance) });
  }
  return ranked.sort((one, other) => comparePositions(one.position, other.position));
}

const factsOf = (entry: SearchEntry): SearchFacts => ({
  listingId: entry._id,
  category: entry.category ?? '',
  amountMinor: entry.amountMinor ?? null,
  currency: entry.currency ?? null,
  ownerRef: entry.ownerRef ?? null,
  attributes: entry.attributes ?? {},
  attributeTerms: entry.attributeTerms ?? [],
  publishedAtMs: entry.publishedAt?.getTime() ?? 0,
  expiresAtMs: entry.expiresAt?.getTime() ?? 0,
});
