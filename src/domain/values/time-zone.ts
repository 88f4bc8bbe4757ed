import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../domain-error';
import { remembered } from './remembered';

/** Names alone: an offset such as +02:00 has no daylight saving, and Temporal reads a zone out of longer texts too. */
const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;
const MAX_LENGTH = 64;

/**
 * Returns true for an IANA time zone name, in any case, with which every calculation of a calendar works. It is the
 * only judge of time zones: Intl also takes abbreviations such as IST, which mean several zones.
 */
export const isTimeZone = (text: string): boolean => text.length <= MAX_LENGTH && isKnown(text);

const isKnown = remembered((text) => NAME.test(text) && canCalculateWith(text.toLowerCase()));

const canCalculateWith = remembered((timeZone) => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
});

/** @throws DomainError `TIME_ZONE_UNKNOWN` for a name that {@link isTimeZone} refuses */
export function requireTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  throw new DomainError(
    'TIME_ZONE_UNKNOWN',
    `"${timeZone.slice(0, 40)}" is no IANA time zone such as Europe/Berlin: set another one.`,
  );
}

/**
 * Returns an instant on the clock and calendar of a time zone.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function toZonedTime(instant: Temporal.Instant, timeZone: string): Temporal.ZonedDateTime {
  requireTimeZone(timeZone);
  return instant.toZonedDateTimeISO(timeZone);
}
