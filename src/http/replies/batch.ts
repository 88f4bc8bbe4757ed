import { DomainError } from '../../domain/domain-error';
import type { CommandOnceInput } from './idempotency';

const WITHIN_MS = 30_000;

/** The terms of a request that carries out many items. */
export const batchTerms: NonNullable<CommandOnceInput['batch']> = {
  withinMs: WITHIN_MS,
  overtime: new DomainError(
    'OUTCOME_PENDING',
    `The batch was not finished within ${WITHIN_MS / 1000} seconds. What was done is kept: send the same request ` +
      'with the same Idempotency-Key, and the rest is done.',
  ),
};
