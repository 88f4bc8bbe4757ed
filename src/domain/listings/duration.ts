import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../domain-error';
import { requireTimeZone, toZonedTime } from '../values/time-zone';

/** The time for which a listing is published: a number of days, or until a last day, or as its category says. */
export interface ListingDuration {
  durationDays: number | null;
  /** ISO 8601 date, in the partner's time zone. */
  lastDay: string | null;
}

export const MAX_DURATION_DAYS = 365;

/** Returns the day on which an instant falls in a time zone, as an ISO 8601 date. `at` is an ISO 8601 instant. */
export const dayOf = ({ at, timeZone }: { at: string; timeZone: string }): string =>
  toZonedTime(Temporal.Instant.from(at), timeZone).toPlainDate().toString();

/**
 * Returns the last day of a listing that is published for a number of days: that many days after the day of its
 * approval, as an ISO 8601 date. `at` is the ISO 8601 instant of the approval.
 */
export function lastDayAfter({
  at,
  timeZone,
  durationDays,
}: {
  at: string;
  timeZone: string;
  durationDays: number;
}): string {
  return Temporal.PlainDate.from(dayOf({ at, timeZone })).add({ days: durationDays }).toString();
}

/**
 * Returns the instant at which a listing is over: the midnight that ends its last day in a time zone, or the first
 * instant of the next day where the zone skips that midnight.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function expiryOf({ lastDay, timeZone }: { lastDay: string; timeZone: string }): Date {
  requireTimeZone(timeZone);
  const nextDay = Temporal.PlainDate.from(lastDay).add({ days: 1 });
  return new Date(nextDay.toZonedDateTime({ timeZone }).epochMilliseconds);
}

/** @throws DomainError `DURATION_INVALID` for a duration with both a number of days and a last day. */
export function requireOneDuration({ durationDays, lastDay }: ListingDuration): void {
  if (durationDays === null || lastDay === null) return;
  throw invalid('/lastDay', 'durationDays and lastDay exclude each other: send only one of them.');
}

export interface PatchDurationInput {
  listing: ListingDuration & { _id: string; publishedAt: Date | null; givenLastDay?: string | null };
  /** A field that is left out stays, unless the other one is set. */
  patch: Partial<ListingDuration>;
}

/**
 * Returns the changed duration: a number of days and a last day replace each other. Once the listing is published its
 * duration is fixed, and sending it again changes nothing: the present last day, or the one that was given, which a
 * renewal has replaced. Neither does a last day of null, since none is given by it.
 * @throws DomainError `DURATION_INVALID`
 */
export function patchDuration({ listing, patch }: PatchDurationInput): ListingDuration {
  const { durationDays, lastDay } = patch;
  if (listing.publishedAt !== null) {
    requireSameDuration(listing, patch);
    return { durationDays: listing.durationDays, lastDay: listing.lastDay };
  }
  requireOneDuration({ durationDays: durationDays ?? null, lastDay: lastDay ?? null });
  if (durationDays) return { durationDays, lastDay: null };
  if (lastDay) return { durationDays: null, lastDay };
  return {
    durationDays: durationDays === undefined ? listing.durationDays : null,
    lastDay: lastDay === undefined ? listing.lastDay : null,
  };
}

function requireSameDuration(listing: PatchDurationInput['listing'], sent: Partial<ListingDuration>): void {
  for (const field of ['durationDays', 'lastDay'] as const) {
    if (sent[field] === undefined || sent[field] === listing[field]) continue;
    if (field === 'lastDay' && (sent.lastDay === null || sent.lastDay === listing.givenLastDay)) continue;
    const same = listing[field] === null ? 'leave it out' : `leave it out, or send ${listing[field]}`;
    throw invalid(
      `/${field}`,
      `The listing has been published, and ${field} is fixed since then: ${same}. ` +
        `To lengthen its time, renew it (POST /listings/${listing._id}/renew).`,
    );
  }
}

/**
 * Accepts a last day that is today or later, and at most 365 days away. `today` is an ISO 8601 date.
 * @throws DomainError `DURATION_INVALID`, pointing at the day; also for a day that no calendar has.
 */
export function requireLastDay({ lastDay, today }: { lastDay: string; today: string }): void {
  const days = daysUntil(lastDay, today);
  if (days === null) throw invalid('/lastDay', `lastDay is ${lastDay}, which is no day of the calendar.`);
  if (days < 0) throw invalid('/lastDay', `lastDay is ${lastDay}, which is over: send ${today} or a later day.`);
  if (days > MAX_DURATION_DAYS)
    throw invalid('/lastDay', `lastDay is ${days} days away: send one that is at most ${MAX_DURATION_DAYS} days away.`);
}

function daysUntil(day: string, today: string): number | null {
  try {
    return Temporal.PlainDate.from(today).until(Temporal.PlainDate.from(day, { overflow: 'reject' })).days;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('DURATION_INVALID', detail, { pointer });
