import { DomainError } from '../../domain/domain-error';
import type { IdempotencyRecord, StoredReply } from '../../models/idempotency-record';
import type { Call, Reply } from '../pipeline/request-context';
import { isTransient, problemOf } from '../problems';

/**
 * Returns the form in which a response is stored for repeats. It carries the first request's correlation id, so that
 * header and body of a repeat have the same one.
 */
export const keptReply = ({ status, headers = {}, body }: Reply, { correlationId }: Call): StoredReply => ({
  status,
  headers: { ...headers, 'X-Correlation-Id': correlationId },
  body,
});

/**
 * Returns the response to keep for a rejection; null for one that time cures. A rejected request changed nothing, so
 * checking a repeat again is always safe.
 */
export function refusalToKeep(error: unknown, { correlationId }: Pick<Call, 'correlationId'>): Reply | null {
  if (isTransient(error)) return null;
  const { status, headers, body } = problemOf({ error, correlationId });
  return { status, headers: { ...headers, 'Content-Type': 'application/problem+json' }, body };
}

/** Returns the kept response. @throws DomainError `IDEMPOTENCY_KEY_REUSED`, `REQUEST_IN_FLIGHT` */
export function replayOf(record: IdempotencyRecord, call: Call): Reply {
  rejectReuse(record, call);
  if (!record.reply) throw inFlight();
  const { status, headers, body } = record.reply;
  return { status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body };
}

/** @throws DomainError `IDEMPOTENCY_KEY_REUSED` */
export function rejectReuse({ fingerprint }: Pick<IdempotencyRecord, 'fingerprint'>, call: Call): void {
  if (fingerprint === call.fingerprint) return;
  throw new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used with another method, path or body. Send a new key for a new request.',
  );
}

/** Returns the 409 for a repeat that arrives before the first request has its response. */
export const inFlight = (): DomainError =>
  new DomainError(
    'REQUEST_IN_FLIGHT',
    'The first request with this Idempotency-Key is still in progress. Repeat the request in a second.',
  );
