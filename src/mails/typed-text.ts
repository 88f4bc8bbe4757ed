/** The dots after which a mail client may take the next letters for a top-level domain. */
const LINKING_DOT = /[.．。｡](?=\p{L})/gu;
const LINE_BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const QUOTES = /[“”„‟«»"]/gu;
const MAX_QUOTED_LENGTH = 80;

/** Returns the text on one line, as a header needs: a name with a line break must not begin another header. */
export const oneLine = (text: string): string => text.replace(LINE_BREAKS, ' ').trim();

/**
 * Returns a text that somebody typed, such as a name, on one line and so that no mail client makes a link of it:
 * whoever registers a stranger's address chooses the name in the mail to the stranger. "evil.example" becomes
 * "evil. example", as "J.R.R. Tolkien" becomes "J. R. R. Tolkien".
 */
export const withoutLinks = (text: string): string => oneLine(text).replaceAll('://', ': ').replace(LINKING_DOT, '$& ');

/**
 * Returns a text that a partner chose for a mail to the operator: in quotation marks that it cannot close, shortened,
 * on one line and without links. It stands behind a frame that says who wrote it.
 */
export function quoted(text: string): string {
  const characters = Array.from(withoutLinks(text).replace(QUOTES, "'"));
  const shown = characters.slice(0, MAX_QUOTED_LENGTH).join('');
  return `“${shown}${characters.length > MAX_QUOTED_LENGTH ? '…' : ''}”`;
}
