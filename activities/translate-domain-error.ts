import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { DomainError } from '../src/domain/domain-error';

/**
 * Translates a broken business rule into a non-retryable failure: repeating the activity would break the rule again.
 * Every other error (an unavailable database) passes unchanged and is retried.
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
