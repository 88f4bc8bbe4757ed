import { DomainError } from './domain-error';

/**
 * The reason why a command is not accepted now. A value and not an error, because an update's validator in a workflow
 * applies the same rule and may throw only `ApplicationFailure`.
 */
export interface Refusal {
  code: string;
  /** For a person: the conflict, and how to resolve it. */
  detail: string;
  pointer?: string;
}

/** Throws a refusal as a `DomainError`; null passes. */
export function requireAccepted(refusal: Refusal | null): void {
  if (refusal) throw new DomainError(refusal.code, refusal.detail, { pointer: refusal.pointer });
}
