import { DomainError } from '../domain-error';
import { requireInteger } from './plan';

/** A partner's schedule of retries for a renewal that failed. */
export interface DunningLadder {
  /** Days of 24 h from the first failure to each retry. */
  retryAfterDays: readonly number[];
  /** Days of 24 h in `unpaid`, after which the subscription is cancelled. */
  cancelAfterDays: number;
}

export const defaultDunningLadder: DunningLadder = { retryAfterDays: [1, 3, 5, 7], cancelAfterDays: 14 };

export const MAX_RETRIES = 10;
export const LAST_RETRY_DAY = 60;
export const MAX_UNPAID_DAYS = 90;

/**
 * Throws `DUNNING_INVALID` or `INTEGER_OUT_OF_RANGE`, pointing at the step. Requires at least one retry, each later
 * than the one before.
 */
export function requireDunningLadder(
  { retryAfterDays, cancelAfterDays }: DunningLadder,
  pointer = '/dunning',
): DunningLadder {
  const list = `${pointer}/retryAfterDays`;
  if (retryAfterDays.length < 1 || retryAfterDays.length > MAX_RETRIES) {
    throw new DomainError(
      'DUNNING_INVALID',
      `retryAfterDays has ${retryAfterDays.length} steps: send 1 to ${MAX_RETRIES}.`,
      { pointer: list },
    );
  }
  retryAfterDays.forEach((value, index) => {
    requireInteger({ value, min: 1, max: LAST_RETRY_DAY, pointer: `${list}/${index}` });
    const before = retryAfterDays[index - 1];
    if (before !== undefined && value <= before) {
      const detail =
        `retryAfterDays goes from ${before} to ${value}: ` +
        'the days count from the first failure, so each must be later.';
      throw new DomainError('DUNNING_INVALID', detail, { pointer: `${list}/${index}` });
    }
  });
  requireInteger({ value: cancelAfterDays, min: 1, max: MAX_UNPAID_DAYS, pointer: `${pointer}/cancelAfterDays` });
  return { retryAfterDays: [...retryAfterDays], cancelAfterDays };
}

export type DunningStep =
  | { kind: 'retry'; attempt: number; at: string }
  | { kind: 'unpaid'; at: string; cancelAt: string };

export interface NextDunningStepInput {
  ladder: DunningLadder;
  /** The instant at which the period's first attempt failed. */
  failedAt: string;
  /** The number of the attempt that failed last, 1 being the first; `lastFailedAt` is its instant. */
  attempt: number;
  lastFailedAt: string;
}

/**
 * Returns the next step after a failed attempt: a retry on its day of the ladder (immediately, where an outage made
 * that day pass), or, after the last, `unpaid` from that failure on and the day on which the subscription is cancelled.
 */
export function nextDunningStep({ ladder, failedAt, attempt, lastFailedAt }: NextDunningStepInput): DunningStep {
  const days = ladder.retryAfterDays[attempt - 1];
  if (days === undefined)
    return { kind: 'unpaid', at: lastFailedAt, cancelAt: plusDays(lastFailedAt, ladder.cancelAfterDays) };
  const planned = plusDays(failedAt, days);
  return {
    kind: 'retry',
    attempt: attempt + 1,
    at: Date.parse(planned) < Date.parse(lastFailedAt) ? lastFailedAt : planned,
  };
}

const plusDays = (at: string, days: number): string => new Date(Date.parse(at) + days * 86_400_000).toISOString();
