import { visibleText } from '../../../values/fold-text';

const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
const DIGIT = /\p{Nd}/u;

/** Unicode keeps the ten digits of a script together, so the distance from the first is the value. */
function valueOfDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

const LEFT = String.raw`\s{0,3}[([{<*_-]{1,2}\s{0,2}`;
const RIGHT = String.raw`\s{0,2}[)\]}>*_-]{1,2}\s{0,3}`;
const BRACKETED_AT = new RegExp(`${LEFT}(?:at|ät|aet|@)${RIGHT}`, 'giu');
const BRACKETED_DOT = new RegExp(`${LEFT}(?:dot|punkt|point|\\.)${RIGHT}`, 'giu');
/** At least five characters that stand apart, one of them a separator of addresses: `m a x @ w e b . d e`. */
const SPACED_OUT = /(?<!\S)(?:\S ){4,}\S(?!\S)/gu;

/**
 * Returns a text in the form in which addresses are looked for: as it looks, with ASCII digits, and with `@` and `.`
 * where they are written out in brackets or spaced out.
 */
export const contactText = (text: string): string =>
  visibleText(text)
    .replace(OTHER_DIGIT, valueOfDigit)
    .replace(SPACED_OUT, (spaced) => (/[@.]/.test(spaced) ? spaced.replaceAll(' ', '') : spaced))
    .replace(BRACKETED_AT, '@')
    .replace(BRACKETED_DOT, '.');
