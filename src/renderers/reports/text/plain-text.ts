/** Control characters of C0 and C1, and the line and paragraph separators; CRLF counts as one. */
const CONTROLS = /\r\n|[\p{Cc}\u2028\u2029]/gu;
const HALF_PAIRS = /\p{Surrogate}/gu;
const NOT_PLAIN = /[\p{Cc}\u2028\u2029\p{Surrogate}]/u;

/**
 * Returns a text from outside on one line: each line break or other control character becomes a space, half of a
 * surrogate pair the replacement character. Nothing else changes.
 */
export const plainText = (text: string): string =>
  NOT_PLAIN.test(text) ? text.replaceAll(CONTROLS, ' ').replaceAll(HALF_PAIRS, '\uFFFD') : text;
