import { randomUUID } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { databaseUnavailable, problemOf } from '../../http/problems';
import { settleWithin } from './settle-within';

/** With the response's own time this stays below the 2 s within which every request gets a response. */
const HOLD_MS = 1500;

export interface HoldUntilBootedInput {
  handler: RequestListener;
  /** Resolves when the boot is finished. */
  booted: Promise<void>;
}

/**
 * Holds the API's requests until collections and indexes exist: without its unique indexes the database would accept
 * writes that it must refuse. A boot takes a moment, so requests wait for it (a reload fails no request); during a boot
 * that waits for MongoDB they get a 503 instead.
 */
export function holdUntilBooted({ handler, booted }: HoldUntilBootedInput): RequestListener {
  let isBooted = false;
  const opened = booted.then(() => {
    isBooted = true;
  });
  // Only requests of the first moments wait; when those have passed without the boot, no request waits any more.
  const firstMoments = settleWithin({ work: () => opened, limitMs: HOLD_MS });
  return (request, response) => {
    if (isBooted || !request.url?.startsWith('/api/')) return handler(request, response);
    void firstMoments.then(() => (isBooted ? handler(request, response) : refuse(response)));
  };
}

function refuse(response: ServerResponse): void {
  const correlationId = randomUUID();
  const { status, headers, body } = problemOf({ error: databaseUnavailable(), correlationId });
  response
    .writeHead(status, { ...headers, 'Content-Type': 'application/problem+json', 'X-Correlation-Id': correlationId })
    .end(JSON.stringify(body));
}
