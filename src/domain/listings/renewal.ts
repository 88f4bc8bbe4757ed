import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../domain-error';
import { dayOf, expiryOf, MAX_DURATION_DAYS } from './duration';
import { hasEnded, type ListingTimes } from './listing';

/** A published listing, as far as its renewal needs it. */
export interface RenewableListing extends ListingTimes {
  /** ISO 8601 date. */
  lastDay: string | null;
  /** The last approval; null where it was not recorded. */
  approvedAt: Date | null;
}

export interface RenewalInput {
  listing: RenewableListing;
  /** 1–365. */
  days: number;
  timeZone: string;
  at: Date;
}

/**
 * Returns the last day of a listing after a renewal, as an ISO 8601 date. Before its end the days count from the last
 * day, so that none is lost; after it they count from today, by the calendar of the time zone. A listing may have
 * expired at an end that lies ahead of `at`, where the clocks of two machines differ: no day of it is lost either.
 */
export const lastDayAfterRenewal = ({ listing, days, timeZone, at }: RenewalInput): string =>
  addDays(isEndAhead(listing, at) ? endDayOf(listing, timeZone) : today({ timeZone, at }), days);

/**
 * Returns the last day of a listing that a partner renews, as an ISO 8601 date.
 * @throws DomainError `RENEWAL_TOO_LATE` after the days of grace; `RENEWAL_TOO_FAR`, pointing at the days
 */
export function renewByCommand({ graceDays, ...input }: RenewalInput & { graceDays: number }): string {
  const { listing, timeZone, at } = input;
  if (hasEnded(listing, at) && at >= graceEndOf({ listing, graceDays, timeZone }))
    throw new DomainError(
      'RENEWAL_TOO_LATE',
      `The listing could be renewed until ${lastDayOfGrace({ listing, graceDays, timeZone })}: submit it for review ` +
        'with renewDays.',
    );
  return requireWithinReach({ ...input, field: 'days' });
}

/**
 * Returns the last day of a listing that is renewed together with the approval of its draft, as an ISO 8601 date. A
 * listing that was renewed during its review gets no more than 365 days ahead, and never fewer than it had.
 */
export function renewByApproval(input: RenewalInput): string {
  const { listing, timeZone, at } = input;
  const reachable = earlier(lastDayAfterRenewal(input), addDays(today({ timeZone, at }), MAX_DURATION_DAYS));
  return isEndAhead(listing, at) ? later(reachable, endDayOf(listing, timeZone)) : reachable;
}

/**
 * Returns the last day after a renewal. `field` names the days in the request.
 * @throws DomainError `RENEWAL_TOO_FAR` for a day that is more than 365 days ahead of today
 */
export function requireWithinReach({ field, ...input }: RenewalInput & { field: string }): string {
  const { listing, timeZone, at } = input;
  const lastDay = lastDayAfterRenewal(input);
  const farthest = addDays(today({ timeZone, at }), MAX_DURATION_DAYS);
  if (lastDay <= farthest) return lastDay;
  const most = daysBetween(endDayOf(listing, timeZone), farthest);
  throw new DomainError(
    'RENEWAL_TOO_FAR',
    `The last day would be ${lastDay}, and may be ${farthest} at most, ${MAX_DURATION_DAYS} days from today: ` +
      (most > 0 ? `send ${field} of ${most} at most.` : `renew the listing on a later day.`),
    { pointer: `/${field}` },
  );
}

export type GraceInput = Pick<RenewalInput, 'listing' | 'timeZone'> & { graceDays: number };

/**
 * Returns the instant from which an expired listing is not renewed without another review: the midnight that ends the
 * days of grace. They count from the last day, or from the approval of the content where that was later.
 */
export const graceEndOf = (input: GraceInput): Date =>
  expiryOf({ lastDay: lastDayOfGrace(input), timeZone: input.timeZone });

function lastDayOfGrace({ listing, graceDays, timeZone }: GraceInput): string {
  const { approvedAt } = listing;
  const end = endDayOf(listing, timeZone);
  const from = approvedAt ? later(end, today({ timeZone, at: approvedAt })) : end;
  return addDays(from, graceDays);
}

/**
 * Returns the day on which a published listing ends: its last day, or the day that its end has by now where the partner
 * has moved to another time zone since, whichever is later.
 */
function endDayOf({ lastDay, expiresAt }: RenewableListing, timeZone: string): string {
  if (lastDay === null || expiresAt === null) throw new Error('A published listing has an end');
  return later(lastDay, today({ timeZone, at: new Date(expiresAt.getTime() - 1) }));
}

const isEndAhead = ({ expiresAt }: RenewableListing, at: Date): boolean => expiresAt === null || expiresAt > at;

const today = ({ timeZone, at }: { timeZone: string; at: Date }): string => dayOf({ at: at.toISOString(), timeZone });

const addDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

const daysBetween = (day: string, other: string): number =>
  Temporal.PlainDate.from(day).until(Temporal.PlainDate.from(other)).days;

// ISO 8601 dates of four-digit years are ordered like their texts.
const later = (one: string, other: string): string => (one > other ? one : other);
const earlier = (one: string, other: string): string => (one < other ? one : other);
