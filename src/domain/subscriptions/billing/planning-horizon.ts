import { DomainError } from '../../domain-error';

/** The longest planning ahead, in years. A later date is a typing error, and would keep a process open for ever. */
export const HORIZON_YEARS = 10;

export interface RequireWithinHorizonInput {
  /** ISO 8601, valid. */
  at: string;
  /** The tenant's time, ISO 8601. */
  now: string;
  /** JSON pointer of the field with the date. */
  pointer: string;
}

/** Throws `INSTANT_TOO_LATE`, pointing at the field, for an instant more than ten calendar years (UTC) from now. */
export function requireWithinHorizon({ at, now, pointer }: RequireWithinHorizonInput): void {
  const last = new Date(now);
  last.setUTCFullYear(last.getUTCFullYear() + HORIZON_YEARS);
  if (Date.parse(at) <= last.getTime()) return;
  const field = pointer.slice(1);
  throw new DomainError(
    'INSTANT_TOO_LATE',
    `${field} ${at} is more than ${HORIZON_YEARS} years ahead: ` +
      `send an instant up to ${last.toISOString()}, or leave it out.`,
    { pointer },
  );
}
