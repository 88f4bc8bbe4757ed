import { DomainError, type DomainErrorDetails } from '../domain/domain-error';
import type { components } from './generated/openapi-types';

export type ProblemCode = components['schemas']['ProblemCode'];
export type ProblemBody = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];

export interface ProblemRow {
  status: number;
  title: string;
  /** The default of `Retry-After`, where a repeat helps. */
  retryAfterSeconds?: number;
  /**
   * Set where the answer must not stay under the request's Idempotency-Key: the cause ends by itself, with nobody
   * deciding anything, or lies in the headers. 5xx and 429 are never kept.
   */
  notKept?: true;
}

/** Some codes with their answers. */
export type ProblemTable = Partial<Record<ProblemCode, ProblemRow>>;

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
