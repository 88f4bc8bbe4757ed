import { domainToASCII } from 'node:url';

/**
 * The form of an address that decides whether two are the same: trimmed, Unicode NFC, lower case, the domain in ASCII
 * (IDNA). Dots and `+tags` stay: they mean different mailboxes at most providers.
 */
export function normaliseEmail(email: string): string {
  const text = email.trim().normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  return `${text.slice(0, at)}@${domainToASCII(text.slice(at + 1))}`;
}
