import { canonicalDomain } from './domain-name';

/** RFC 5321 §4.5.3.1, in octets: a path has at most 256, its angle brackets included. */
const MAX_LOCAL_PART_LENGTH = 64;
const MAX_ADDRESS_LENGTH = 254;

/** Dot-string of RFC 5321 §4.1.2. Quoted strings and letters beyond ASCII (RFC 6531) are refused. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Returns an address in the form that mail servers accept: the local part as it was written, the domain in ASCII
 * (IDNA). Null for an address that no mail server can accept.
 */
export function canonicalEmail(text: string): string | null {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (local.length > MAX_LOCAL_PART_LENGTH || !LOCAL_PART.test(local)) return null;
  const domain = canonicalDomain(text.slice(at + 1));
  if (domain === null) return null;
  const address = `${local}@${domain}`;
  return address.length > MAX_ADDRESS_LENGTH ? null : address;
}

/**
 * Returns the address as `canonicalEmail` does. Throws a TypeError for text that is not an address: callers must have
 * validated it.
 */
export function requireEmail(text: string): string {
  const address = canonicalEmail(text);
  if (address === null) throw new TypeError('The text is not an e-mail address; it must be validated before this call');
  return address;
}

/**
 * Returns the form of an address under which two addresses are equal: canonical and in lower case. Dots and `+tags`
 * stay, as they mean different mailboxes at most providers. Throws as `requireEmail` does.
 */
export const normaliseEmail = (text: string): string => requireEmail(text).toLowerCase();

/**
 * Returns the form of an address under which limits of mails count it: as `normaliseEmail`, without a `+tag`. Tags cost
 * nothing to invent, and most providers deliver them to one mailbox.
 */
export function mailboxOf(text: string): string {
  const address = (canonicalEmail(text) ?? text).toLowerCase();
  return address.replace(/(?<=.)\+[^@]*(?=@)/, '');
}
