import { stemmer as englishStem } from '@orama/stemmers/english';
import { stemmer as germanStem } from '@orama/stemmers/german';
import { splitWords } from '../../values/split-words';

/** A word of a listing or of a query, in the forms by which it is found. */
export interface SearchWord {
  /** The folded word; a second spelling where `ae`, `oe` or `ue` may stand for an umlaut, which folding drops. */
  spellings: string[];
  /** The stems of every spelling, English and German: a query and a listing share one if they differ in the ending. */
  stems: string[];
}

/** In UTF-16 units; a longer word is cut in the index and in the query alike. */
const MAX_WORD_LENGTH = 40;
const STEMMED = /^[a-z]{3,}$/;
const WRITTEN_OUT_UMLAUT = /([aou])e/g;

/** Returns the words of a text in their order, by `splitWords`. */
export const searchWordsOf = (text: string): SearchWord[] =>
  splitWords(text).words.map(({ folded }) => searchWordOf(folded.slice(0, MAX_WORD_LENGTH)));

function searchWordOf(folded: string): SearchWord {
  const spellings = [...new Set([folded, folded.replace(WRITTEN_OUT_UMLAUT, '$1')])];
  return { spellings, stems: [...new Set(spellings.flatMap(stemsOf))] };
}

const stemsOf = (word: string): string[] => (STEMMED.test(word) ? [englishStem(word), germanStem(word)] : [word]);

/**
 * The lengths of the beginnings that the index keeps. A few lengths suffice: of a longer beginning the index finds the
 * next shorter one, and each hit is compared with all of it.
 */
const PREFIX_LENGTHS = [2, 3, 5, 8];
const LATIN_OR_DIGIT = /^[\p{Script=Latin}\p{N}]/u;

/** A single sign of Chinese or Japanese says as much as the beginning of a Latin word. */
const prefixLengthsOf = (word: string): number[] =>
  LATIN_OR_DIGIT.test(word) ? PREFIX_LENGTHS : [1, ...PREFIX_LENGTHS];

/** Returns the beginnings of a word that the index keeps. */
export const prefixesOf = (word: string): string[] =>
  prefixLengthsOf(word)
    .filter((length) => length <= word.length)
    .map((length) => word.slice(0, length));

/** Returns the longest kept beginning of what was typed so far; null where that is too short. */
export const keptPrefixOf = (typed: string): string | null => prefixesOf(typed).at(-1) ?? null;
