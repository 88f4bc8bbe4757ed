import { createHmac, timingSafeEqual } from 'node:crypto';
import { RequestProblem } from '../problem';
import type { Call } from '../pipeline/request-context';

const SIGNATURE_LENGTH = 22;

/**
 * Cursors are signed together with their list, so that a forged cursor, or one of another list, is rejected instead of
 * skipping items.
 */
export interface Cursors {
  /** Returns the cursor for a place in a list with these filters. */
  write(position: string, filter: unknown, call: Call): string;
  /** Returns the place. @throws RequestProblem `INVALID_PARAMETER` for a cursor that this list did not return */
  read(cursor: string, filter: unknown, call: Call): string;
}

/** Returns the functions that write and read cursors. */
export function createCursors({ secret }: { secret: string }): Cursors {
  const sign = (position: string, filter: unknown, { operation, tenantId }: Call): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['cursor', operation.id, tenantId, filter, position]))
      .digest('base64url')
      .slice(0, SIGNATURE_LENGTH);

  const write: Cursors['write'] = (position, filter, call) =>
    sign(position, filter, call) + Buffer.from(position).toString('base64url');

  return {
    write,
    read(cursor, filter, call) {
      const position = Buffer.from(cursor.slice(SIGNATURE_LENGTH), 'base64url').toString('utf8');
      const given = Buffer.from(cursor);
      const expected = Buffer.from(write(position, filter, call));
      if (given.length === expected.length && timingSafeEqual(given, expected)) return position;
      throw foreignCursor();
    },
  };
}

/** Returns the problem of a cursor that is not of this list. */
export function foreignCursor(): RequestProblem {
  const detail = 'is not the `next` of this list with these filters; start again without a cursor';
  return new RequestProblem('INVALID_PARAMETER', `cursor ${detail}`, {
    errors: [{ parameter: 'cursor', rule: 'cursor', detail }],
  });
}
