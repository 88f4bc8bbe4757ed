import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { DomainError } from '../../src/domain/domain-error';
import { whileBeating, type BeatingWork } from '../while-beating';

/** A storage that is away may come back; after an hour of failures the report has failed, and can be made again. */
export const GIVE_UP_MS = 3_600_000;
/**
 * An attempt that is ended from outside, because its time is over or its worker is lost, throws nothing here. Attempts
 * that throw do so within this time after the hour, with a reason that is worth keeping.
 */
export const LAST_ATTEMPT_MS = 300_000;

/**
 * Runs work with a heartbeat, and gives up for good once it has failed for an hour, however its attempts ended. The
 * time that an attempt waits for a worker does not count.
 * @throws ApplicationFailure non-retryable, of the type of the last error, or `TIMED_OUT` where no attempt threw one in
 *   the five minutes after the hour
 */
export const untilGivenUp = <T>(work: (input: BeatingWork) => Promise<T>): Promise<T> =>
  whileBeating(async (beating) => {
    const { currentAttemptScheduledTimestampMs: attemptAt, scheduledTimestampMs: firstAt } = Context.current().info;
    const triedMs = attemptAt - firstAt;
    if (triedMs > GIVE_UP_MS + LAST_ATTEMPT_MS)
      throw ApplicationFailure.nonRetryable('No attempt succeeded for an hour', 'TIMED_OUT');
    try {
      return await work(beating);
    } catch (error) {
      if (error instanceof Error && triedMs > GIVE_UP_MS && !(error instanceof DomainError))
        throw ApplicationFailure.nonRetryable('It has failed for an hour', error.name);
      throw error;
    }
  });
