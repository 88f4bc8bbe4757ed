import { DomainError, type DomainErrorDetails } from '../domain/domain-error';
import { isDatabaseAway } from './pipeline/database-away';
import type { components } from './generated/openapi-types';

export type ProblemCode = components['schemas']['ProblemCode'];
export type ProblemBody = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];

interface ProblemRow {
  status: number;
  title: string;
  retryAfterSeconds?: number;
  /**
   * Set where the answer must not stay under the request's Idempotency-Key: the cause ends by itself, with nobody deciding
   * anything, or lies in the headers. 5xx and 429 are never kept.
   */
  notKept?: true;
}

/** The one table: what each code answers. A test compares its keys with `ProblemCode` in openapi.yaml. */
export const problemTable: Record<ProblemCode, ProblemRow> = {
  INVALID_JSON: { status: 400, title: 'The body is not valid JSON' },
  INVALID_PARAMETER: { status: 400, title: 'A parameter is not valid' },
  IDEMPOTENCY_KEY_MISSING: { status: 400, title: 'The Idempotency-Key is missing' },
  WEBHOOK_SIGNATURE_INVALID: { status: 400, title: 'The webhook is not signed by the gateway' },
  UNAUTHENTICATED: { status: 401, title: 'The API key is missing or not valid' },
  FORBIDDEN: { status: 403, title: 'The API key may not do this' },
  SANDBOX_ONLY: { status: 403, title: 'Only in a sandbox' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not available here' },
  NOT_ACCEPTABLE: { status: 406, title: 'The answer cannot be given in that form' },
  REQUEST_IN_FLIGHT: { status: 409, title: 'The first request is still at work', retryAfterSeconds: 1, notKept: true },
  ONBOARDING_OPEN: { status: 409, title: 'An onboarding is open for this address' },
  EMAIL_TAKEN: { status: 409, title: 'The address is taken' },
  ILLEGAL_STATE: { status: 409, title: 'Not possible in this state' },
  TOKEN_EXPIRED: { status: 409, title: 'The link has expired' },
  TOKEN_SUPERSEDED: { status: 409, title: 'A newer link was sent' },
  TOKEN_USED: { status: 409, title: 'The link was used' },
  PAYMENT_NOT_CAPTURABLE: { status: 409, title: 'The payment cannot be captured', notKept: true },
  PAYMENT_NOT_IN_REVIEW: { status: 409, title: 'The payment is not in review', notKept: true },
  PAYMENT_NOT_REFUNDABLE: { status: 409, title: 'The payment cannot be refunded', notKept: true },
  PAYMENT_ALREADY_ENDED: { status: 409, title: 'The payment has ended' },
  NOTHING_TO_REFUND: { status: 409, title: 'Nothing is left to refund', notKept: true },
  GATEWAY_NOT_CONFIGURED: { status: 409, title: 'There is no payment gateway' },
  SUBSCRIPTION_CANCELLED: { status: 409, title: 'The subscription is cancelled' },
  SUBSCRIPTION_NOT_STARTED: { status: 409, title: 'The subscription has not started', notKept: true },
  SUBSCRIPTION_PAUSED: { status: 409, title: 'The subscription is paused' },
  SUBSCRIPTION_NOT_PAUSED: { status: 409, title: 'The subscription is not paused' },
  SUBSCRIPTION_RESUMING: { status: 409, title: 'The subscription is being resumed', notKept: true },
  INVOICE_OPEN: { status: 409, title: 'An invoice is open', notKept: true },
  CHANGE_WAITING: { status: 409, title: 'A change waits for the end of the period', notKept: true },
  NOTHING_TO_UNDO: { status: 409, title: 'Nothing waits to be undone' },
  CLOCK_ADVANCING: { status: 409, title: 'The clock is being advanced', retryAfterSeconds: 5, notKept: true },
  VERSION_MISMATCH: { status: 412, title: 'The resource has moved on', notKept: true },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body is of a type that is not taken' },
  INVALID_REQUEST: { status: 422, title: 'The request is not valid' },
  TOKEN_INVALID: { status: 422, title: 'The token is not one of ours' },
  AMOUNT_NOT_INTEGER: { status: 422, title: 'The amount is not a whole number' },
  AMOUNT_NOT_POSITIVE: { status: 422, title: 'The amount is not above zero' },
  AMOUNT_NOT_IN_STEPS: { status: 422, title: 'The gateway does not take this amount' },
  AMOUNT_TOO_LARGE: { status: 422, title: 'The amount is too large to be exact' },
  CURRENCY_UNKNOWN: { status: 422, title: 'The currency is not known' },
  CURRENCY_MISMATCH: { status: 422, title: 'The currency is another one' },
  CAPTURE_EXCEEDS_AUTHORISATION: { status: 422, title: 'More than was authorised' },
  REFUND_EXCEEDS_CAPTURED: { status: 422, title: 'More than can be refunded' },
  INTEGER_OUT_OF_RANGE: { status: 422, title: 'The number is out of range' },
  QUANTITY_INVALID: { status: 422, title: 'The quantity is not valid' },
  PLAN_INVALID: { status: 422, title: 'The plan is not valid' },
  PLAN_UNKNOWN: { status: 422, title: 'The plan is not known' },
  PLAN_CURRENCY_DIFFERS: { status: 422, title: 'The plan is in another currency' },
  NOTHING_TO_CHANGE: { status: 422, title: 'It has this plan and quantity already' },
  SUBSCRIBER_INVALID: { status: 422, title: 'It is not clear who subscribes' },
  USER_UNKNOWN: { status: 422, title: 'The user is not known' },
  START_IN_PAST: { status: 422, title: 'The start has passed' },
  RESUME_IN_PAST: { status: 422, title: 'The resumption has passed' },
  INSTANT_TOO_LATE: { status: 422, title: 'The instant is too far ahead', notKept: true },
  INSTANT_INVALID: { status: 422, title: 'The instant is not valid' },
  INTERVAL_INVALID: { status: 422, title: 'The interval is not valid' },
  ANCHOR_DAY_INVALID: { status: 422, title: 'The anchor day is not valid' },
  TIME_ZONE_UNKNOWN: { status: 422, title: 'The time zone is not known' },
  DENY_LIST_INVALID: { status: 422, title: 'The deny list is not valid' },
  DUNNING_INVALID: { status: 422, title: 'The dunning ladder is not valid' },
  REFUND_NOT_APPLICABLE: { status: 422, title: 'There is nothing to refund with it' },
  PAYMENT_METHOD_MISSING: { status: 422, title: 'The payment method is missing' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The Idempotency-Key belongs to another request', notKept: true },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  RESEND_LIMIT: { status: 429, title: 'Too many links were asked for' },
  INTERNAL: { status: 500, title: 'Something went wrong here' },
  TIME_SKIPPING_UNAVAILABLE: { status: 501, title: 'The server cannot skip time' },
  TEMPORAL_UNAVAILABLE: { status: 503, title: 'Not available at the moment', retryAfterSeconds: 5 },
  GATEWAY_UNAVAILABLE: { status: 503, title: 'Not available at the moment', retryAfterSeconds: 5 },
  SANDBOX_RESETTING: { status: 503, title: 'The sandbox is being reset', retryAfterSeconds: 2 },
  DATABASE_UNAVAILABLE: { status: 503, title: 'Not available at the moment', retryAfterSeconds: 2 },
  OUTCOME_PENDING: { status: 503, title: 'The outcome is not known yet', retryAfterSeconds: 1 },
  SHUTTING_DOWN: { status: 503, title: 'This process is shutting down', retryAfterSeconds: 1 },
};

/** A request that was refused before it reached the domain, with the fields at fault. */
export class RequestProblem extends DomainError {
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    { errors = [], headers = {}, ...details }: RequestProblemDetails = {},
  ) {
    super(code, detail, details);
    this.errors = errors;
    this.headers = headers;
  }
}
interface RequestProblemDetails extends DomainErrorDetails {
  errors?: FieldError[];
  headers?: Record<string, string>;
}

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: ProblemBody;
  /** Whether nobody foresaw it: to be logged with its stack. */
  unexpected: boolean;
}

/**
 * What an error answers. Only what is in the table says anything; everything else is a plain 500 that leaks nothing.
 */
export function problemOf({ error, correlationId }: { error: unknown; correlationId: string }): Problem {
  const known = recognise(error);
  const {
    code,
    message: detail,
    details,
  } = known ??
  new DomainError('INTERNAL', 'This was not your fault. Try again; if it stays, tell us the correlation id.');
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

/** Whether time may cure what an error says: the same request can succeed later. True for an unexpected error. */
export function isPassing(error: unknown): boolean {
  const known = recognise(error);
  if (!known) return true;
  const { status, notKept = false } = problemTable[known.code as ProblemCode];
  return status >= 500 || status === 429 || notKept || known.details.passes === true;
}

const fieldAtFault = (error: DomainError | null): FieldError[] =>
  error?.pointer === undefined
    ? []
    : [{ pointer: error.pointer, rule: error.code.toLowerCase(), detail: error.message }];

function recognise(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error.code in problemTable ? error : null;
  if (isDatabaseAway(error)) return databaseUnavailable();
  return null;
}

export const databaseUnavailable = (): DomainError =>
  new DomainError(
    'DATABASE_UNAVAILABLE',
    'The database does not answer. Nothing is lost: try again in a moment, and where the request had an Idempotency-Key, with the same one.',
  );
