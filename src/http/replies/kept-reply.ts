import { DomainError } from '../../domain/domain-error';
import type { IdempotencyRecord, StoredReply } from '../../models/idempotency-record';
import type { Call, Reply } from '../pipeline/request-context';
import { isTransient, problemOf } from '../problems';

/**
 * What is kept of an answer for repeats of its request. It names the request that it answers: in a repeat, header and
 * body have the same correlation id.
 */
export const storedReplyOf = ({ status, headers = {}, body }: Reply, { correlationId }: Call): StoredReply => ({
  status,
  headers: { ...headers, 'X-Correlation-Id': correlationId },
  body,
});

/**
 * Returns the answer to keep for a refusal; null for one that time cures. Nothing was done, so that judging a repeat
 * again is always safe.
 */
export function refusalToKeep(error: unknown, { correlationId }: Pick<Call, 'correlationId'>): Reply | null {
  if (isTransient(error)) return null;
  const { status, headers, body } = problemOf({ error, correlationId });
  return { status, headers: { ...headers, 'Content-Type': 'application/problem+json' }, body };
}

/** The kept answer again. @throws DomainError `IDEMPOTENCY_KEY_REUSED`, `REQUEST_IN_FLIGHT` */
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
    'This Idempotency-Key came with another method, path or body before. Take a new key for a new intention.',
  );
}

export const inFlight = (): DomainError =>
  new DomainError(
    'REQUEST_IN_FLIGHT',
    'The first request with this Idempotency-Key is still at work. Send it again in a second.',
  );
