/**
 * A broken business rule. One class for all, distinguished by `code`; translated in three places only: the HTTP
 * problem table, the activity interceptor and the queue worker. The message is written for a person and holds no
 * personal data.
 */
export class DomainError extends Error {
  readonly code: string;
  /** JSON pointer to the field at fault, where there is one. */
  readonly pointer?: string;
  /** More for the response, such as the conflicting id or when to retry. */
  readonly details: DomainErrorDetails;

  constructor(code: string, detail: string, { pointer, ...details }: { pointer?: string } & DomainErrorDetails = {}) {
    super(detail);
    this.name = 'DomainError';
    this.code = code;
    this.pointer = pointer;
    this.details = details;
  }
}

export interface DomainErrorDetails {
  /** The id of what is in the way. */
  conflictsWith?: string;
  /** Seconds after which a repeat may succeed. */
  retryAfterSeconds?: number;
  /** Whether what is in the way ends by itself, so that the answer must not stay the answer to repeats. */
  passes?: true;
}
