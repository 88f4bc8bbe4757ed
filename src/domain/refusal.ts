import { DomainError } from './domain-error';

/**
 * Why a command is not accepted now. A value and not an error, because the same rule is asked by an update's validator
 * in a workflow, which may throw nothing but `ApplicationFailure`.
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
