import { DomainError } from '../../domain/domain-error';
import type { IdempotencyRecord } from '../../models/idempotency-record';
import type { Call } from '../pipeline/request-context';
import { refusalToKeep, replayOf, keptReply } from './kept-reply';

const call = { correlationId: 'first', fingerprint: 'f' } as Call;

describe('a rejection under an Idempotency-Key', () => {
  it.each([
    'CLOCK_ADVANCING',
    'SUBSCRIPTION_NOT_STARTED',
    'SUBSCRIPTION_RESUMING',
    'INVOICE_OPEN',
    'CHANGE_WAITING',
    'PAYMENT_NOT_CAPTURABLE',
    'PAYMENT_NOT_IN_REVIEW',
    'PAYMENT_NOT_REFUNDABLE',
    'NOTHING_TO_REFUND',
    'INSTANT_TOO_LATE',
    'REQUEST_IN_FLIGHT',
    'IDEMPOTENCY_KEY_REUSED',
    'VERSION_MISMATCH',
    'RATE_LIMITED',
    'RESEND_LIMIT',
    'TEMPORAL_UNAVAILABLE',
    'NOBODY_KNOWS_THIS',
  ])('%s is not kept: time cures it, or it lies in the headers', (code) =>
    expect(refusalToKeep(new DomainError(code, 'Not now'), call)).toBeNull(),
  );

  it.each(['ILLEGAL_STATE', 'EMAIL_TAKEN', 'PAYMENT_ALREADY_ENDED', 'SUBSCRIPTION_CANCELLED', 'CURRENCY_MISMATCH'])(
    '%s is kept',
    (code) => expect(refusalToKeep(new DomainError(code, 'No'), call)).toMatchObject({ body: { code } }),
  );

  it('is not kept when the error is marked as passing', () =>
    expect(refusalToKeep(new DomainError('ILLEGAL_STATE', 'Still pending', { passes: true }), call)).toBeNull());
});

it('a repeat has one correlation id in header and body, that of the request it repeats', () => {
  const refusal = refusalToKeep(new DomainError('EMAIL_TAKEN', 'No'), call)!;
  const record = { fingerprint: 'f', reply: keptReply(refusal, call) } as IdempotencyRecord;
  expect(replayOf(record, { ...call, correlationId: 'second' })).toMatchObject({
    headers: { 'X-Correlation-Id': 'first', 'Idempotent-Replayed': 'true' },
    body: { correlationId: 'first' },
  });
});
