const WORD = /\p{L}+/gu;
const LEAST_LETTERS = 5;
const LEAST_WORDS = 3;
const MARKS = /[!?！？]{3,}/;

/**
 * Returns what shouts in a text, or null: three `!` or `?` in a row, or at least three words in capitals that are half
 * of its words. Words of fewer than five letters, which may be abbreviations, do not count.
 */
export function findShouting(text: string): string | null {
  const marks = MARKS.exec(text);
  if (marks) return marks[0].slice(0, LEAST_LETTERS);
  const words = (text.match(WORD) ?? []).filter(({ length }) => length >= LEAST_LETTERS);
  const loud = words.filter((word) => word === word.toUpperCase() && word !== word.toLowerCase());
  return loud.length >= LEAST_WORDS && loud.length * 2 >= words.length ? loud.slice(0, LEAST_WORDS).join(' ') : null;
}
