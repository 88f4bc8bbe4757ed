import { canonicalDomain } from './domain-name';

/** RFC 5321 §4.5.3.1, in octets: a path has 256 at most, its angle brackets included. */
const MOST_IN_LOCAL_PART = 64;
const MOST_IN_ADDRESS = 254;

/** Dot-string of RFC 5321 §4.1.2. Quoted strings and letters beyond ASCII (RFC 6531) are refused. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Returns an address in the form that mail servers take: the local part as it was written, the domain in ASCII (IDNA).
 * Null for what no mail server could take.
 */
export function canonicalEmail(text: string): string | null {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (local.length > MOST_IN_LOCAL_PART || !LOCAL_PART.test(local)) return null;
  const domain = canonicalDomain(text.slice(at + 1));
  if (domain === null) return null;
  const address = `${local}@${domain}`;
  return address.length > MOST_IN_ADDRESS ? null : address;
}

/**
 * Returns the address as `canonicalEmail` does. Throws a TypeError for text that is no address: whoever calls has had
 * it judged before.
 */
export function requireEmail(text: string): string {
  const address = canonicalEmail(text);
  if (address === null) throw new TypeError('The text is no e-mail address; it should have been refused before');
  return address;
}

/**
 * Returns the form of an address that decides whether two are the same: canonical and in small letters. Dots and
 * `+tags` stay, as they mean different mailboxes at most providers. Throws as `requireEmail` does.
 */
export const normaliseEmail = (text: string): string => requireEmail(text).toLowerCase();
