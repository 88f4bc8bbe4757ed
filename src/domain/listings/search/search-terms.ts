import type { ListingContent } from '../content';
import { prefixesOf, searchWordsOf, type SearchWord } from './search-words';

/** The weight of a word by the field in which it stands; a word in several fields has their sum. */
export const searchWeights = { title: 8, attributes: 3, description: 1 } as const;

/** A word that is a beginning only of the word that was looked for, or has the same stem, counts less. */
const STEM_SHARE = 0.8;
const PREFIX_SHARE = 0.5;

/** Beginnings are kept of so many different words of a description, the first; all of its words are found whole. */
const MAX_PREFIXED_WORDS = 100;

export type SearchedContent = Pick<ListingContent, 'title' | 'description' | 'attributes' | 'place'>;

/** The words of a listing, as a search index keeps them. */
export interface SearchTerms {
  stems: string[];
  prefixes: string[];
  /**
   * Every spelling and, after a `~`, every stem with its weight, in one text: `\n` term `\t` weight. A text of a
   * thousand words is read and searched faster than as many array elements.
   */
  weights: string;
}

/** Returns the terms of a listing's content. The name of the place counts as an attribute. */
export function searchTermsOf({ title, description, attributes, place }: SearchedContent): SearchTerms {
  const values = Object.values(attributes).filter((value) => typeof value !== 'boolean');
  const described = searchWordsOf(description);
  const fields: [SearchWord[], number][] = [
    [searchWordsOf(title), searchWeights.title],
    [searchWordsOf([...values, place?.name ?? ''].join('\n')), searchWeights.attributes],
    [described, searchWeights.description],
  ];
  const weights = new Map<string, number>();
  for (const [words, weight] of fields) {
    const terms = new Set(words.flatMap(({ spellings, stems }) => [...spellings, ...stems.map((stem) => `~${stem}`)]));
    for (const term of terms) weights.set(term, (weights.get(term) ?? 0) + weight);
  }
  const [ofTitle, ofAttributes, ofDescription] = fields.map(([words]) => words.flatMap(({ spellings }) => spellings));
  const prefixed = [...(ofTitle ?? []), ...(ofAttributes ?? []), ...firstDifferent(ofDescription ?? [])];
  return {
    stems: [...new Set(fields.flatMap(([words]) => words.flatMap(({ stems }) => stems)))],
    prefixes: [...new Set(prefixed.flatMap(prefixesOf))],
    weights: `${[...weights].map(([term, weight]) => `\n${term}\t${weight}`).join('')}\n`,
  };
}

const firstDifferent = (words: readonly string[]): string[] => [...new Set(words)].slice(0, MAX_PREFIXED_WORDS);

/** The number of different words that a search uses, the first: a pasted text finds listings by its beginning. */
export const MAX_SEARCHED_WORDS = 10;

/** A word of a query. */
export interface SearchedWord extends SearchWord {
  /** True for the last word of the text, which may be typed in part. */
  mayBegin: boolean;
}

/** Returns the different words of a query's text that a search uses; none where the text has only signs. */
export function searchedWordsOf(text: string): SearchedWord[] {
  const words = searchWordsOf(text);
  const last = words.at(-1)?.spellings[0];
  const bySpelling = new Map(words.map((word) => [word.spellings[0], word]));
  return [...bySpelling.values()]
    .slice(0, MAX_SEARCHED_WORDS)
    .map((word) => ({ ...word, mayBegin: word.spellings[0] === last }));
}

/**
 * Returns the relevance of a listing, from its `SearchTerms.weights`: the sum over the words of the query. The last
 * word may be typed in part. Null where the listing lacks a word.
 */
export function relevanceOf(words: readonly SearchedWord[], weights: string): number | null {
  let sum = 0;
  for (const { spellings, stems, mayBegin } of words) {
    const best = Math.max(
      ...spellings.map((spelling) => weightAt(weights, `\n${spelling}\t`)),
      ...stems.map((stem) => weightAt(weights, `\n~${stem}\t`) * STEM_SHARE),
      ...(mayBegin ? spellings.map((spelling) => prefixWeight(weights, spelling) * PREFIX_SHARE) : []),
    );
    if (best === 0) return null;
    sum += best;
  }
  return sum;
}

/** Returns the weight that stands after a term; 0 where the term is not there. */
function weightAt(weights: string, term: string): number {
  const at = weights.indexOf(term);
  return at === -1 ? 0 : Number.parseInt(weights.slice(at + term.length, at + term.length + 3), 10);
}

/** Returns the weight of the heaviest word that begins with what was typed; 0 where none does. */
function prefixWeight(weights: string, typed: string): number {
  let best = 0;
  const begun = `\n${typed}`;
  for (let at = weights.indexOf(begun); at !== -1; at = weights.indexOf(begun, at + 1)) {
    const end = weights.indexOf('\t', at);
    best = Math.max(best, Number.parseInt(weights.slice(end + 1, end + 4), 10));
  }
  return best;
}
