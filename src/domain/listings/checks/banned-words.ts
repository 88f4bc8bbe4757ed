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
 * stand in one sentence; letters that are spaced out, as in `s.c.a.m`, are read together.
 */
export function findBannedWords({ visible, words }: SplitText, entries: readonly BannedEntry[]): string[] {
  if (entries.length === 0) return [];
  const { joined, startsAt, endsAt } = joinWords(visible, words);

  const writtenAt = (at: number, { folded, isPrefix }: BannedEntry): string | null => {
    const first = startsAt.get(at);
    if (first === undefined) return null;
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
  for (const letters of spacedOutLetters(words)) {
    joined += '\n';
    letters.forEach(append);
  }
  return { joined, startsAt, endsAt };
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
