import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Returns the token of a link that is made by hand: 256 random bits. */
export const newReportToken = (): string => randomBytes(32).toString('base64url');

export interface MailedTokenInput {
  secret: string;
  /** Names what the token opens, and no other. */
  about: string;
}

/**
 * Returns the token of a link in a mail: 256 bits that nobody can guess without the secret. The same input gives the
 * same token, so a mail that is sent again has the same links, although only hashes of tokens are stored.
 */
export const mailedToken = ({ secret, about }: MailedTokenInput): string =>
  createHmac('sha256', secret).update(`report\0${about}`).digest('base64url');

/** Returns the form in which a token is stored, hexadecimal. It has 256 bits, so a plain SHA-256 is enough. */
export const hashOfReportToken = (token: string): string => createHash('sha256').update(token).digest('hex');
