import { Temporal } from 'temporal-polyfill';

const QUARTER_HOUR_MS = 900_000;
/** A window of 400 days has 38,400 quarter hours. */
const MAX_KEPT = 50_000;
/** The length of `2026-03-29T01:30`. */
const TO_MINUTE = 16;

/**
 * Returns a function from an instant (ISO 8601 in UTC, with `Z`) to the same instant on the clock of a time zone, with
 * the offset: `2026-03-29T03:30:00.000+02:00`. It keeps as many decimals of the second as the instant has.
 *
 * Zones change their offset on whole quarter hours only, and rows come in the order of their instants: so an offset is
 * computed once a quarter hour, and a local minute once a minute. A row then costs a comparison of strings.
 */
export function localTimes(timeZone: string): (instant: string) => string {
  const offsets = new Map<number, { ms: number; text: string }>();
  let last = { minute: '', localMinute: '', offset: '' };

  const offsetAt = (quarterHour: number): { ms: number; text: string } => {
    const known = offsets.get(quarterHour);
    if (known) return known;
    const zoned = Temporal.Instant.fromEpochMilliseconds(quarterHour * QUARTER_HOUR_MS).toZonedDateTimeISO(timeZone);
    const offset = { ms: zoned.offsetNanoseconds / 1e6, text: zoned.offset };
    if (offsets.size >= MAX_KEPT) offsets.clear();
    offsets.set(quarterHour, offset);
    return offset;
  };

  return (instant) => {
    if (last.minute === '' || !instant.startsWith(last.minute)) {
      const minute = instant.slice(0, TO_MINUTE);
      const ms = Date.parse(`${minute}Z`);
      const offset = offsetAt(Math.floor(ms / QUARTER_HOUR_MS));
      const localMinute = new Date(ms + offset.ms).toISOString().slice(0, TO_MINUTE);
      last = { minute, localMinute, offset: offset.text };
    }
    return last.localMinute + instant.slice(TO_MINUTE, -1) + last.offset;
  };
}
