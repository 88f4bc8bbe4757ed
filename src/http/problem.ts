import { DomainError, type DomainErrorDetails } from '../domain/domain-error';
import type { components } from './generated/openapi-types';

export type ProblemCode = components['schemas']['ProblemCode'];
export type ProblemBody = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];

export interface ProblemRow {
  status: number;
  title: string;
  /** Default of `Retry-After`, for a problem that a repeat may cure. */
  retryAfterSeconds?: number;
  /**
   * Set when the response must not be kept under the request's Idempotency-Key: the cause ends without any
   * decision of the caller's, or lies in the headers. 5xx and 429 are never kept.
   */
  notKept?: true;
}

/** Problem codes with their status and title. */
export type ProblemTable = Partial<Record<ProblemCode, ProblemRow>>;

/** Thrown for a request that is rejected before it reaches the domain; lists the fields at fault. */
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
