const REDACTED = '[redacted]';

/** The values of these fields are redacted at any depth. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'pass',
  'secret',
  'token',
  'verificationToken',
  'apiKey',
  'operatorKey',
  'email',
];

const MAILBOX = /[\p{L}\p{N}\p{M}.!#$&'*+/=?^_`{|}~%-]{1,64}/u;
const MAIL_DOMAIN = /(?:[\p{L}\p{N}\p{M}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/u;

/**
 * The bounds in the patterns keep them linear: without them a long run of letters would be read again from each of its
 * letters. Order matters only for the password of a URL, which goes before the mail address that it would form with its
 * host.
 */
const patterns: readonly { mark: RegExp; find: RegExp; put: string }[] = [
  {
    mark: /":"/,
    find: new RegExp(`"(${SECRET_FIELDS.join('|')})":"(?:[^"\\\\]|\\\\.)*"`, 'gi'),
    put: `"$1":"${REDACTED}"`,
  },
  { mark: /pk_/, find: /\bpk_([a-z]{1,20})_[\w-]{1,200}/g, put: `pk_$1_${REDACTED}` },
  { mark: /bearer/i, find: /\b(bearer)(\s+|%20)[^\s"',\\]{1,4096}/gi, put: `$1 ${REDACTED}` },
  { mark: /onb_/, find: /\b(onb_[0-9a-z]{26})(?:\.|%2e)\d{1,9}(?:\.|%2e)[\w-]{1,200}/gi, put: `$1.${REDACTED}` },
  { mark: /verify/, find: /(\/verify\/)[^\s"/?\\]{1,400}/g, put: `$1${REDACTED}` },
  { mark: /report-/, find: /(\/report-(?:links|unsubscribes)\/)[^\s"/?\\]{1,400}/g, put: `$1${REDACTED}` },
  { mark: /:\/\//, find: /(:\/\/)[^\s"/@\\]{1,400}@/g, put: `$1${REDACTED}@` },
  {
    mark: /@|%40/,
    find: new RegExp(`${MAILBOX.source}(?:@|%40)${MAIL_DOMAIN.source}`, 'gu'),
    put: REDACTED,
  },
  { mark: /@|%40/, find: /\\"[^"\\]{1,64}\\"@[\p{L}\p{N}.-]{1,255}/gu, put: REDACTED },
];

/** One search for the marks of all patterns, of which most lines have none. */
const ANY_MARK = new RegExp(`pk_|bearer|onb_|verify|/report-|://|@|%40|"(?:${SECRET_FIELDS.join('|')})":"`, 'i');

/**
 * Returns a function that redacts a finished log line: API keys, bearer and verification tokens, tokens in links to
 * reports, passwords in URLs, mail addresses, and the given secrets wherever they occur. The line stays valid JSON. The
 * function runs on every line, so it tests for a cheap mark first.
 */
export function createRedactor(secrets: readonly string[] = []): (line: string) => string {
  const literals = secrets
    .filter((secret) => secret.length >= 8)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (line) => {
    let text = line;
    for (const literal of literals) if (text.includes(literal)) text = text.replaceAll(literal, REDACTED);
    if (!ANY_MARK.test(text)) return text;
    for (const { mark, find, put } of patterns) if (mark.test(text)) text = text.replace(find, put);
    return text;
  };
}
