import { foldText, visibleText } from './fold-text';

export interface Word {
  /** The word as `foldText` returns it. */
  folded: string;
  /** Position of the word in `visibleText`, its end excluded. */
  start: number;
  end: number;
}

export interface SplitText {
  visible: string;
  words: Word[];
}

const words = new Intl.Segmenter('en', { granularity: 'word' });
/** The segmenter keeps `end.Begin`, `it's` and `s_c` together. */
const PART = /[\p{L}\p{N}\p{M}]+/gu;

/** Returns the number of different words. */
export const countDifferentWords = ({ words }: SplitText): number => new Set(words.map(({ folded }) => folded)).size;

/**
 * Returns the words of a text by the rules of Unicode (UAX 29), with a dictionary where a script sets no spaces, as
 * Chinese, Japanese and Thai. Apostrophes, dots and underscores divide words.
 */
export function splitWords(text: string): SplitText {
  const visible = visibleText(text);
  const found: Word[] = [];
  const folded = new Map<string, string>();
  const fold = (word: string): string => {
    const known = folded.get(word) ?? foldText(word);
    folded.set(word, known);
    return known;
  };
  for (const { segment, index, isWordLike } of words.segment(visible)) {
    if (!isWordLike) continue;
    for (const part of segment.matchAll(PART)) {
      const start = index + part.index;
      const folded = fold(part[0]);
      if (folded !== '') found.push({ folded, start, end: start + part[0].length });
    }
  }
  return { visible, words: found };
}
