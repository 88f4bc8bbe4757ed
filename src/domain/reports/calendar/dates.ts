import { Temporal } from 'temporal-polyfill';
import { remembered } from '../../values/remembered';
import { toZonedTime } from '../../values/time-zone';

/*
 * Dates of the calendar as day numbers: days since 1 January 1970. A year of windows or firings goes over hundreds of
 * dates, and Temporal's objects take 5–10 µs each; Temporal is left to map dates and local times onto instants.
 *
 * Not for workflow code: temporal-polyfill adds 176 KB to the bundle, and the time-zone data of the running Node may
 * change between a run and its replay.
 */

export const DAY_MS = 86_400_000;

export interface LocalDate {
  year: number;
  /** 1–12. */
  month: number;
  day: number;
}

/** Returns the number of a date; months and days out of range count on, so month 13 is January of the next year. */
export const dayNumberOf = ({ year, month, day }: LocalDate): number => Date.UTC(year, month - 1, day) / DAY_MS;

export function dateOf(dayNumber: number): LocalDate {
  const midnight = new Date(dayNumber * DAY_MS);
  return { year: midnight.getUTCFullYear(), month: midnight.getUTCMonth() + 1, day: midnight.getUTCDate() };
}

/** Returns the ISO weekday: 1 for Monday to 7 for Sunday. 1 January 1970 was a Thursday. */
export const weekdayOf = (dayNumber: number): number => ((((dayNumber + 3) % 7) + 7) % 7) + 1;

/** Returns the date as ISO 8601 text. */
export const dateText = (dayNumber: number): string => new Date(dayNumber * DAY_MS).toISOString().slice(0, 10);

/** Returns the number of an ISO 8601 date that {@link dateText} made. */
export const parseDateText = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;

/** Returns an instant as ISO 8601 text in UTC. */
export const toIso = (ms: number): string => new Date(ms).toISOString();

/**
 * Returns the instant at which a date begins in a zone, in milliseconds: its first instant, which is 01:00 where the
 * clocks skip midnight. A date that the zone skips begins where the next one does.
 */
export const dayStartMs = (dayNumber: number, timeZone: string): number => dayStart(`${dayNumber} ${timeZone}`);

/** Remembered, because the sweeps and a year of windows return to the same dates of the same zones. */
const dayStart = remembered((key) => {
  const separator = key.indexOf(' ');
  const { year, month, day } = dateOf(Number(key.slice(0, separator)));
  return new Temporal.PlainDate(year, month, day).toZonedDateTime(key.slice(separator + 1)).epochMilliseconds;
});

/**
 * Returns the number of the date that the calendar of a zone shows at an instant.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export const localDayNumber = (atMs: number, timeZone: string): number =>
  dayNumberOf(toZonedTime(Temporal.Instant.fromEpochMilliseconds(atMs), timeZone));
