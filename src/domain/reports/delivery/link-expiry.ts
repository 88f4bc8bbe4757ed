import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../../domain-error';
import { addDuration, isDuration } from '../../values/duration';

/** The time for which a link works unless it is made for another one, and for which the links in mails work. */
export const LINK_DURATION = 'P7D';
const MAX_DAYS = 30;

export interface LinkExpiryInput {
  /** An ISO 8601 duration; its days have 24 hours. */
  expiresIn: string;
  from: Date;
}

/**
 * Returns the instant from which on a link is dead.
 * @throws DomainError `LINK_EXPIRY_INVALID` for anything but a positive duration of at most 30 days
 */
export function linkExpiry({ expiresIn, from }: LinkExpiryInput): Date {
  if (!isDuration(expiresIn)) throw invalid('expiresIn has to be an ISO 8601 duration of whole units, such as P7D.');
  const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO('UTC');
  const end = addDuration(start, expiresIn);
  if (end === null || Temporal.ZonedDateTime.compare(end, start.add({ days: MAX_DAYS })) > 0)
    throw invalid(`expiresIn may be ${MAX_DAYS} days at most.`);
  if (end.epochMilliseconds <= from.getTime()) throw invalid('expiresIn has to be longer than zero.');
  return new Date(end.epochMilliseconds);
}

const invalid = (detail: string): DomainError =>
  new DomainError('LINK_EXPIRY_INVALID', detail, { pointer: '/expiresIn' });

export type ReportLinkState = 'active' | 'expired' | 'revoked';

/** Returns the state of a link at a given time. */
export function linkStateOf(
  { expiresAt, revokedAt }: { expiresAt: Date; revokedAt: Date | null },
  now: Date,
): ReportLinkState {
  if (revokedAt) return 'revoked';
  return expiresAt <= now ? 'expired' : 'active';
}
