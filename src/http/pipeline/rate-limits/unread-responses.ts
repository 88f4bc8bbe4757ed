import type { Request, Response } from 'express';
import { DomainError } from '../../../domain/domain-error';
import { networkOf } from '../network-of';
import { isVisitor, limitedAs } from '../visitors';

/** The process keeps what a caller has not read yet: a hundred listings may be 10 MB. */
const MAX_UNREAD_BYTES = 32_000_000;
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

  const change = (sharer: string, by: number): void => {
    const bytes = (unread.get(sharer) ?? 0) + by;
    if (bytes === 0) unread.delete(sharer);
    else unread.set(sharer, bytes);
  };

  return {
    hold(request, response, text) {
      if (text.length < COUNTED_FROM_LENGTH) return;
      const bytes = Buffer.byteLength(text);
      const sharer = sharerOf(request);
      const held = unread.get(sharer) ?? 0;
      if (held > 0 && held + bytes > MAX_UNREAD_BYTES) throw tooMuch();
      if (response.destroyed) return;
      change(sharer, bytes);
      response.once('close', () => change(sharer, -bytes));
    },
  };
}

const sharerOf = ({ caller, ip }: Request): string =>
  isVisitor(caller) ? `${limitedAs(caller)}:${networkOf(ip ?? '')}` : limitedAs(caller);

const tooMuch = (): DomainError =>
  new DomainError(
    'RATE_LIMITED',
    `You have not read ${MAX_UNREAD_BYTES / 1_000_000} MB of responses yet. Read them before you send more requests.`,
    { retryAfterSeconds: 1 },
  );
