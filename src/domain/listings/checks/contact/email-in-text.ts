const TOP = String.raw`(?:\p{Script=Latin}{2,24}|рф)(?![\p{L}\p{N}])`;
const USUAL_TOP = String.raw`(?:com|net|org|info|eu|de|at|ch|uk|fr|it|nl|pl)(?![\p{L}\p{N}])`;
const PROVIDER =
  '(?:gmail|googlemail|gmx|web|yahoo|hotmail|outlook|icloud|live|aol|proton|protonmail|t-online|posteo|freenet|yandex)';
/** Those that are no word, so that they need no ending. */
const DISTINCT_PROVIDER = '(?:gmail|googlemail|gmx|hotmail|icloud|t-online|protonmail)';
/** Of scripts that set spaces, so that an address is found behind a Chinese sentence too. */
const LETTER = String.raw`\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}`;
const LOCAL = `(?<![${LETTER}])[${LETTER}][${LETTER}._%+-]{0,63}`;
const LABEL = String.raw`[\p{L}\p{N}-]{1,63}`;
const DOT_WORD = String.raw`\s{1,2}(?:dot|punkt|point)\s{1,2}`;
const AT_WORD = String.raw`\s{1,2}(?:at|ät)\s{1,2}`;

/** The rest of an address: `@` with spaces where the domain is usual, and `at` and `dot` as words. */
const TAILS = [
  `@(?:${LABEL}\\.){1,8}${TOP}`,
  String.raw`\s{0,3}@\s{0,3}(?:${LABEL}\s{0,2}\.\s{0,2}){1,4}${USUAL_TOP}`,
  String.raw`\s{0,3}@\s{0,3}${DISTINCT_PROVIDER}(?![\p{L}\p{N}-])`,
  `(?:${AT_WORD}|\\s{0,3}@\\s{0,3})(?:${LABEL}${DOT_WORD}){1,3}${TOP}`,
  String.raw`${AT_WORD}${PROVIDER}\s{0,2}\.\s{0,2}${TOP}`,
];
const EMAIL = new RegExp(`${LOCAL}(?:${TAILS.join('|')})`, 'giu');

/** Returns the e-mail addresses in a text that `contactText` returned, as they are written. */
export const emailsIn = (text: string): string[] => text.match(EMAIL) ?? [];

/** Returns the text without its e-mail addresses, whose domains are no links. */
export const withoutEmails = (text: string): string => text.replace(EMAIL, ' , ');

/** Returns an address with all but the first character before the `@` masked. */
export function maskedEmail(address: string): string {
  const [, local = '', domain = ''] = /^(.+?)(?:\s*@\s*|\s+(?:at|ät)\s+)(.+)$/isu.exec(address) ?? [];
  return `${Array.from(local)[0] ?? ''}…@${domain}`;
}
