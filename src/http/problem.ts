import { DomainError, type DomainErrorDetails } from '../domain/domain-error';
import type { components } from './generated/openapi-types';

export type ProblemCode = components['schemas']['ProblemCode'];
export type ProblemBody = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];

/** The status, the title and, where a repeat helps, the default of `Retry-After` of some codes. */
export type ProblemTable = Partial<Record<ProblemCode, { status: number; title: string; retryAfterSeconds?: number }>>;

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
