import { DomainError } from '../domain/domain-error';
import { StorageUnavailable } from '../domain/reports/file-store';
import { listingsProblems } from './listings/problems';
import { paymentsProblems } from './payments/problems';
import { isDatabaseUnavailable } from '../models/outages/database-unavailable';
import { RequestProblem, type FieldError, type ProblemBody, type ProblemCode, type ProblemTable } from './problem';
import { reportsProblems } from './reports/problems';
import { sandboxProblems } from './sandbox/problems';
import { sharedProblems } from './shared-problems';
import { subscriptionsProblems } from './subscriptions/problems';
import { usersProblems } from './users/problems';

/** Every code of the contract with its status and title, one line per domain. */
export const problemTable: Required<ProblemTable> = {
  ...sharedProblems,
  ...usersProblems,
  ...paymentsProblems,
  ...subscriptionsProblems,
  ...listingsProblems,
  ...reportsProblems,
  ...sandboxProblems,
};

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: ProblemBody;
  /** True for an unexpected error, which is logged with its stack. */
  unexpected: boolean;
}

/**
 * Returns the problem that an error stands for. Only errors in the table are described; any other error becomes a plain
 * 500 that leaks nothing.
 */
export function problemOf({ error, correlationId }: { error: unknown; correlationId: string }): Problem {
  const known = recognise(error);
  const {
    code,
    message: detail,
    details,
  } = known ??
  new DomainError('INTERNAL', 'An error on our side. Try again; if it persists, send us the correlation id.');
  const { status, title, retryAfterSeconds } = problemTable[code as ProblemCode];
  const errors = known instanceof RequestProblem ? known.errors : fieldAtFault(known);
  const retryAfter = details.retryAfterSeconds ?? retryAfterSeconds;
  return {
    status,
    headers: {
      ...(known instanceof RequestProblem ? known.headers : {}),
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
    body: {
      type: `https://partner-platform.example/problems/${code.toLowerCase().replaceAll('_', '-')}`,
      title,
      status,
      code: code as ProblemCode,
      detail,
      ...(errors.length === 0 ? {} : { errors }),
      ...(details.conflictsWith === undefined ? {} : { conflictsWith: details.conflictsWith }),
      correlationId,
    },
    unexpected: known === null,
  };
}

/** Returns true if the same request may succeed later without anybody's decision; true for an unexpected error. */
export function isTransient(error: unknown): boolean {
  const known = recognise(error);
  if (!known) return true;
  const { status, notKept = false } = problemTable[known.code as ProblemCode];
  return status >= 500 || status === 429 || notKept || known.details.passes === true;
}

/** Returns true if the request was refused, so that nothing was done; false if its outcome may not be known. */
export function isRefusal(error: unknown): boolean {
  const known = recognise(error);
  return known !== null && problemTable[known.code as ProblemCode].status < 500;
}

const fieldAtFault = (error: DomainError | null): FieldError[] =>
  error?.pointer === undefined
    ? []
    : [{ pointer: error.pointer, rule: error.code.toLowerCase(), detail: error.message }];

function recognise(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error.code in problemTable ? error : null;
  if (isDatabaseUnavailable(error)) return databaseUnavailable();
  if (error instanceof StorageUnavailable) return storageUnavailable();
  return null;
}

const storageUnavailable = (): DomainError =>
  new DomainError(
    'STORAGE_UNAVAILABLE',
    'The storage of files does not respond. Nothing is lost: try again in a moment.',
  );

/** Returns the 503 that asks the caller to repeat the request, because MongoDB did not respond in time. */
export const databaseUnavailable = (): DomainError =>
  new DomainError(
    'DATABASE_UNAVAILABLE',
    'The database does not respond. Nothing is lost: try again in a moment, ' +
      'and where the request had an Idempotency-Key, with the same one.',
  );
