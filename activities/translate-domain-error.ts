import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { DomainError } from '../src/domain/domain-error';

/**
 * Makes a broken business rule a final failure: repeating the activity would break it again. Everything else
 * (a database that is away) stays as it is and is retried.
 */
export function translateDomainError(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof DomainError) throw ApplicationFailure.nonRetryable(error.message, error.code);
          throw error;
        }
      },
    },
  };
}
