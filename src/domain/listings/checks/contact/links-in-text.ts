const SCHEME = /(?<![\p{L}\p{N}])(?:https?|hxxps?|ftp)\s?:\s?\/\s?\/\s?[^\s/?#]{1,253}/giu;
const WWW = /(?<![\p{L}\p{N}])www\s?\.\s?[\p{L}\p{N}.-]{2,253}/giu;
const HOST = /(?<![\p{L}\p{N}@_-])[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}(?![\p{L}\p{N}_-])\/?/gu;
const SPACED = new RegExp(
  String.raw`(?<![\p{L}\p{N}-])[\p{L}\p{N}-]{2,63}` +
    String.raw`(?:\s\.\s?(?:com|org|info|de)|\s(?:dot|punkt)\s(?:com|net|org|info|de|at|ch|eu|io))(?![\p{L}\p{N}-])`,
  'gu',
);

/** Endings that are seldom a word after a full stop whose space is missing. */
const usualEndings: ReadonlySet<string> = new Set(
  (
    'com net org info biz de at ch eu uk co io app dev shop store online site website xyz cc tv ru cn jp kr fr nl ' +
    'dk cz br au ca gg ly link club live page blog tech рф'
  ).split(' '),
);
/** Those that begin no sentence. */
const neverWords: ReadonlySet<string> = new Set(['com', 'org']);
/** Endings that are words: they count with a path, or below a second-level name. */
const wordEndings: ReadonlySet<string> = new Set(
  'it es in no is so to me be am us my se pl al do id la ma si sa ai'.split(' '),
);
/** Names of products that look like a host. */
const productNames: ReadonlySet<string> = new Set(['asp.net', 'ado.net', 'vb.net', 'socket.io', 'draw.io']);

function isHost(candidate: string): boolean {
  const hasPath = candidate.endsWith('/');
  const host = hasPath ? candidate.slice(0, -1) : candidate;
  const labels = host.split('.');
  const written = labels.pop() ?? '';
  const ending = written.toLowerCase();
  if (productNames.has(host.toLowerCase())) return false;
  if (hasPath) return usualEndings.has(ending) || wordEndings.has(ending);
  // After a full stop whose space is missing, the next word begins with a capital: `wie neu.Info auf Anfrage`.
  const isSentence = written !== ending && host !== host.toUpperCase() && !neverWords.has(ending);
  if (isSentence || (labels.at(-1) ?? '').length < 2) return false;
  return usualEndings.has(ending) || (wordEndings.has(ending) && labels.length > 1);
}

/** Returns the web addresses with a scheme in a text that `contactText` returned: scheme and host alone. */
export const linksWithScheme = (text: string): string[] =>
  (text.match(SCHEME) ?? []).map((link) => link.replace(/[^/]*@/, ''));

/** Returns the text without its web addresses with a scheme, whose credentials are no e-mail address. */
export const withoutSchemes = (text: string): string => text.replace(SCHEME, ' , ');

/** Returns the hosts without a scheme in a text that has neither e-mail addresses nor web addresses with a scheme. */
export const bareLinks = (text: string): string[] =>
  [...(text.match(WWW) ?? []), ...(text.match(HOST) ?? []).filter(isHost), ...(text.match(SPACED) ?? [])].map((link) =>
    link.replace(/\/$/, ''),
  );
