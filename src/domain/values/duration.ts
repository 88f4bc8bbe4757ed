import { Temporal } from 'temporal-polyfill';

/**
 * An ISO 8601 duration of whole units: no sign, no fraction, at least one unit. The digits are bounded so that no
 * number overflows.
 */
const DURATION =
  /^P(?=.)(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}W)?(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?$/;

/** Returns true for an ISO 8601 duration of whole units, such as `P31D`, `P1M` or `PT36H`. */
export const isDuration = (text: string): boolean => DURATION.test(text);

/** Returns the time that lies a duration later on the calendar; null where the calendar ends before. */
export function addDuration(start: Temporal.ZonedDateTime, duration: string): Temporal.ZonedDateTime | null {
  try {
    return start.add(Temporal.Duration.from(duration));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
