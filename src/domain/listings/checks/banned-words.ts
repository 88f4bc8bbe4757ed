import { lengthOf } from '../../values/text';
import { visibleText } from '../../values/fold-text';
import { splitWords, type SplitText, type Word } from '../../values/split-words';

/** An entry that ends in `*` matches every word that begins with it. */
export interface BannedEntry {
  folded: string;
  isPrefix: boolean;
}

const SENTENCE_END = /[.!?:;]\s|[\n\r]/;

/**
 * Returns an entry in the form in which it is searched for: its words, folded. Null for an entry without a letter or
 * digit, and for one with a `*` anywhere but at its end.
 */
export function parseBannedEntry(entry: string): BannedEntry | null {
  const text = visibleText(entry).trim();
  const isPrefix = text.endsWith('*');
  const { words, visible } = splitWords(isPrefix ? text.slice(0, -1) : text);
  if (words.length === 0 || visible.includes('*')) return null;
  const folded = words
    .map((word, index) => (isApart(words[index - 1], word) ? ` ${word.folded}` : word.folded))
    .join('');
  return { folded, isPrefix };
}

/** Returns the entries that can be searched for. */
export const parseBannedEntries = (entries: readonly string[]): BannedEntry[] =>
  entries.flatMap((entry) => parseBannedEntry(entry) ?? []);

const isApart = (before: Word | undefined, word: Word): boolean => before !== undefined && before.end < word.start;

/**
 * Returns the first occurrence of each entry as it is written in the text. An entry matches whole words alone: its
 * beginning and its end (unless it ends in `*`) stand where words of the text begin and end. The words of an entry
 * stand in one sentence; three letters or more that are spaced out, as in `s.c.a.m`, are read together as one word.
 */
export function findBannedWords({ visible, words }: SplitText, entries: readonly BannedEntry[]): string[] {
  if (entries.length === 0) return [];
  const { joined, startsAt, endsAt, seriesFrom } = joinWords(visible, words);

  const writtenAt = (at: number, { folded, isPrefix }: BannedEntry): string | null => {
    const first = startsAt.get(at);
    if (first === undefined || (at >= seriesFrom && lengthOf(folded) < LEAST_SPACED_OUT)) return null;
    const end = at + folded.length;
    const last = endsAt.get(isPrefix ? endOfWord(joined, endsAt, end) : end);
    return last === undefined ? null : visible.slice(first.start, last.end);
  };
  const find = (entry: BannedEntry): string | null => {
    for (let at = joined.indexOf(entry.folded); at !== -1; at = joined.indexOf(entry.folded, at + 1)) {
      const written = writtenAt(at, entry);
      if (written !== null) return written;
    }
    return null;
  };
  return entries.flatMap((entry) => find(entry) ?? []);
}

function endOfWord(joined: string, endsAt: ReadonlyMap<number, Word>, from: number): number {
  let end = from;
  while (end < joined.length && !endsAt.has(end)) end += 1;
  return end;
}

interface JoinedWords {
  /** The folded words: a space where they are apart, a line break where a sentence ends between them. */
  joined: string;
  /** The word that begins, or ends, at each position in `joined`. */
  startsAt: Map<number, Word>;
  endsAt: Map<number, Word>;
  /** The position in `joined` from which on letters stand that are spaced out. */
  seriesFrom: number;
}

function joinWords(visible: string, words: readonly Word[]): JoinedWords {
  const startsAt = new Map<number, Word>();
  const endsAt = new Map<number, Word>();
  let joined = '';
  const append = (word: Word) => {
    startsAt.set(joined.length, word);
    joined += word.folded;
    endsAt.set(joined.length, word);
  };
  words.forEach((word, index) => {
    const before = words[index - 1];
    if (before && isApart(before, word))
      joined += SENTENCE_END.test(visible.slice(before.end, word.start)) ? '\n' : ' ';
    append(word);
  });
  const seriesFrom = joined.length;
  for (const letters of spacedOutLetters(words)) {
    const isBreak = breaksIn(visible, letters);
    joined += '\n';
    letters.forEach((letter, index) => {
      if (isBreak(index) || isAfterArticle(visible, letters, index)) startsAt.set(joined.length, letter);
      joined += letter.folded;
      if (isBreak(index + 1)) endsAt.set(joined.length, letter);
    });
  }
  return { joined, startsAt, endsAt, seriesFrom };
}

const SINGLE = /^[\p{L}\p{N}]$/u;
const LEAST_SPACED_OUT = 3;
const WIDEST_GAP = 3;

/** Returns each series of at least three single letters that stand apart, but close to each other. */
function spacedOutLetters(words: readonly Word[]): Word[][] {
  const series: Word[][] = [];
  let current: Word[] = [];
  for (const word of words) {
    const last = current.at(-1);
    if (!SINGLE.test(word.folded)) {
      current = [];
    } else if (last && isApart(last, word) && word.start - last.end <= WIDEST_GAP) {
      current.push(word);
    } else {
      current = [word];
    }
    if (current.length === LEAST_SPACED_OUT) series.push(current);
  }
  return series;
}

const textOf = (visible: string, { start, end }: Word): string => visible.slice(start, end);
const isSpaceBefore = (visible: string, letters: readonly Word[], index: number): boolean =>
  /\s/.test(visible.slice(letters[index - 1]!.end, letters[index]!.start));
const isCapital = (text: string): boolean => text !== text.toLowerCase();
const isNumber = (text: string): boolean => /^\p{N}/u.test(text);

/**
 * Returns a function that is true for each place in a series at which a word may begin or end: the edges of the series,
 * a change of case or between letters and numbers, and a space where other letters of the series stand without one. So
 * no word is read out of the middle of `A B C D E`.
 */
function breaksIn(visible: string, letters: readonly Word[]): (index: number) => boolean {
  const spaces = letters.map((_, index) => index > 0 && isSpaceBefore(visible, letters, index));
  const isMixed = spaces.indexOf(false, 1) !== -1;
  return (index) => {
    if (index === 0 || index === letters.length) return true;
    const [before, after] = [textOf(visible, letters[index - 1]!), textOf(visible, letters[index]!)];
    const isChange = isCapital(before) !== isCapital(after) || isNumber(before) !== isNumber(after);
    return (isMixed && spaces[index]!) || isChange;
  };
}

/** Returns true for the letter behind an article, as in `a s c a m`; `a b c` is a list. */
function isAfterArticle(visible: string, letters: readonly Word[], index: number): boolean {
  if (index !== 1 || letters[0]!.folded !== 'a' || letters[1]!.folded === 'b') return false;
  return isSpaceBefore(visible, letters, index);
}
