/**
 * A broken business rule. One class for all rules, distinguished by `code`; translated in three places only: the HTTP
 * problem table, the activity interceptor and the queue worker. The message is written for a person and contains no
 * personal data.
 */
export class DomainError extends Error {
  readonly code: string;
  /** JSON pointer to the field at fault, where there is one. */
  readonly pointer?: string;
  /** Further facts for the response, such as the conflicting id or the time of a retry. */
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
  /** The id of the conflicting entity. */
  conflictsWith?: string;
  /** Seconds after which a repeat may succeed. */
  retryAfterSeconds?: number;
  /** True when the conflict ends by itself, so that the response must not be stored and repeated. */
  passes?: true;
}
