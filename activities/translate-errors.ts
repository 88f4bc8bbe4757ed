import { CompleteAsyncError, log } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { DomainError } from '../src/domain/domain-error';

/** Errors of ours whose texts hold codes and keys only, and belong in a history. */
const OWN_ERRORS: ReadonlySet<string> = new Set([
  'GatewayOutcomeUnknown',
  'GatewayUnavailable',
  'GatewayRequestRefused',
  'VoidRefused',
  'AmountDiffers',
  'StorageUnavailable',
  'FileDamaged',
  'FileGivenUp',
]);

/**
 * Translates what an activity throws into a failure that may stand in a history.
 *
 * A broken business rule is not retried: repeating the activity would break the rule again. Every other error (an
 * unavailable database) is retried. Its text and its causes may quote personal data, such as the address in a duplicate
 * key, so the failure has the error's name and code, and the worker's log has the error.
 */
export function translateErrors(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          throw failureOf(error);
        }
      },
    },
  };
}

function failureOf(error: unknown): unknown {
  if (error instanceof DomainError) return ApplicationFailure.nonRetryable(error.message, error.code);
  if (error instanceof TemporalFailure || error instanceof CompleteAsyncError) return error;
  const { name, code, message } = describe(error);
  if (name === 'AbortError') return error;
  if (OWN_ERRORS.has(name)) return ApplicationFailure.retryable(message, name);
  log.warn('An activity threw an unexpected error', { error });
  return ApplicationFailure.retryable(`${code === null ? name : `${name} ${code}`}: see the worker's log`, name);
}

function describe(error: unknown): { name: string; code: string | null; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', code: null, message: '' };
  const { message } = error;
  // As the SDK names a failure: a policy may list the error's class.
  const name = error.name === 'Error' ? error.constructor.name : error.name;
  const { code } = error as { code?: unknown };
  return { name, message, code: typeof code === 'number' || typeof code === 'string' ? String(code) : null };
}
