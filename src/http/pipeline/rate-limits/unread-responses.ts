import type { Request, Response } from 'express';
import { DomainError } from '../../../domain/domain-error';
import { networkOf } from '../network-of';
import { isVisitor, limitedAs } from '../visitors';

/** The process keeps what a caller has not read yet: a hundred listings may be 10 MB. */
const MAX_UNREAD_BYTES = 32_000_000;
/** Of all visitors of a tenant's web pages together: they come from any number of addresses. */
const MAX_BYTES_OF_VISITORS = 4 * MAX_UNREAD_BYTES;
/** A shorter response fits into the buffers of the connection. */
const COUNTED_FROM_LENGTH = 65_536;

export interface UnreadResponses {
  /**
   * Counts a response until the caller has read it, or is gone. A caller may always have one.
   * @throws DomainError `RATE_LIMITED` where the caller leaves too much unread
   */
  hold(request: Request, response: Response, text: string): void;
}

/** Returns the count of the bytes that a process keeps for each tenant, or for each visitor of its web pages. */
export function createUnreadResponses(): UnreadResponses {
  const unread = new Map<string, number>();

  const change = ({ sharer }: Share, by: number): void => {
    const bytes = (unread.get(sharer) ?? 0) + by;
    if (bytes === 0) unread.delete(sharer);
    else unread.set(sharer, bytes);
  };

  return {
    hold(request, response, text) {
      if (text.length < COUNTED_FROM_LENGTH) return;
      const bytes = Buffer.byteLength(text);
      const shares = sharesOf(request);
      for (const { sharer, maxBytes } of shares) {
        const held = unread.get(sharer) ?? 0;
        if (held > 0 && held + bytes > maxBytes) throw tooMuch(maxBytes);
      }
      if (response.destroyed) return;
      for (const share of shares) change(share, bytes);
      response.once('close', () => {
        for (const share of shares) change(share, -bytes);
      });
    },
  };
}

interface Share {
  sharer: string;
  maxBytes: number;
}

const sharesOf = ({ caller, ip }: Request): Share[] => {
  const sharer = limitedAs(caller);
  if (!isVisitor(caller)) return [{ sharer, maxBytes: MAX_UNREAD_BYTES }];
  return [
    { sharer: `${sharer}:${networkOf(ip ?? '')}`, maxBytes: MAX_UNREAD_BYTES },
    { sharer, maxBytes: MAX_BYTES_OF_VISITORS },
  ];
};

const tooMuch = (maxBytes: number): DomainError =>
  new DomainError(
    'RATE_LIMITED',
    `You have not read ${maxBytes / 1_000_000} MB of responses yet. Read them before you send more requests.`,
    { retryAfterSeconds: 1 },
  );
