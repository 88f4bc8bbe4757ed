import { Temporal } from 'temporal-polyfill';
import { DAY_MS, dateOf, dayStartMs, localDayNumber } from './dates';

/** Local times at which something happens: the same minute of some hours, on some dates. */
export interface LocalTimes {
  fallsOn: (dayNumber: number) => boolean;
  /** Ascending, 0–23. */
  hours: readonly number[];
  minute: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * Returns the instants of a date's local times, in milliseconds, ascending. A time that the clocks skip is as much
 * later as they jump, and one that comes twice is its first occurrence (RFC 5545 §3.3.5; `compatible`, the default of
 * Temporal).
 */
function instantsOn({ hours, minute }: LocalTimes, dayNumber: number, timeZone: string): number[] {
  const startMs = dayStartMs(dayNumber, timeZone);
  // The clocks of nearly all days run through, and then a sum is ten times as fast.
  if (dayStartMs(dayNumber + 1, timeZone) - startMs === DAY_MS)
    return hours.map((hour) => startMs + hour * HOUR_MS + minute * MINUTE_MS);
  const { year, month, day } = dateOf(dayNumber);
  const instants = hours.map((hour) => {
    const local = new Temporal.PlainDateTime(year, month, day, hour, minute);
    return local.toZonedDateTime(timeZone).epochMilliseconds;
  });
  // Where the clocks jump by two hours (Troll), 02:30 becomes 04:30 and comes after 03:30.
  return instants.toSorted((one, other) => one - other);
}

/**
 * Yields the instants of local times after an instant, in milliseconds, ascending and each once: a time that the
 * clocks move onto another one happens once. So do the times of a date that the zone skips (Apia, 30 December 2011),
 * which are moved onto the same times of the next date. It never ends, so the times must fall on some date.
 */
export function* instantsAfter(times: LocalTimes, timeZone: string, afterMs: number): Generator<number, never> {
  let lastMs = afterMs;
  for (let dayNumber = localDayNumber(afterMs, timeZone) - 1; ; dayNumber += 1) {
    if (!times.fallsOn(dayNumber)) continue;
    for (const atMs of instantsOn(times, dayNumber, timeZone)) {
      if (atMs <= lastMs) continue;
      lastMs = atMs;
      yield atMs;
    }
  }
}
