import { DomainError } from './domain-error';

/**
 * The reason that a command is not accepted now. A value and not an error, because an update's validator in a workflow
 * applies the same rule and may throw nothing but `ApplicationFailure`.
 */
export interface Refusal {
  code: string;
  /** For a person: what is in the way, and what to do about it. */
  detail: string;
  pointer?: string;
}

/** Throws a refusal as a `DomainError`; null passes. */
export function requireAccepted(refusal: Refusal | null): void {
  if (refusal) throw new DomainError(refusal.code, refusal.detail, { pointer: refusal.pointer });
}
