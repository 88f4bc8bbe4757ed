import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../domain-error';

/** A call may move the clock this many calendar days at most. */
export const MAX_ADVANCE_DAYS = 400;
/**
 * How far the clock may stand ahead of real time, in calendar years (UTC), whatever the number of advances: twice as
 * far as anything can be planned in real time (planning-horizon.ts), and far from where dates and timers end.
 */
export const MAX_AHEAD_YEARS = 20;
/** Nothing of one process fires more than this before something of another that was due earlier. */
export const MAX_HOP_MS = 86_400_000;

/**
 * An ISO 8601 duration of whole units: no sign, no fraction, at least one unit. The digits are bounded so that no
 * number grows out of hand.
 */
const DURATION =
  /^P(?=.)(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}W)?(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}S)?)?$/;

export interface AdvanceTargetInput {
  /** `P31D`, `P1M`, `PT36H`, `P1Y2M3DT4H5M6S` */
  by: string;
  /** The tenant's time. */
  from: Date;
  /** The time outside of the sandbox. */
  realNow: Date;
  /**
   * The partner's IANA time zone: years, months, weeks and days are counted on its calendar, so a day may have 23 or 25
   * hours.
   */
  timeZone: string;
}

/**
 * The instant that lies the duration after `from`. From 31 January, `P1M` leads to the last day of February, at the
 * same local time (ISO 8601-1:2019 §5.5.2; RFC 5545 §3.3.6 for days across a change of the clocks).
 *
 * @throws DomainError `INVALID_REQUEST` for anything but a positive duration of at most 400 days, `INSTANT_TOO_LATE`
 *   for one that leads more than twenty years ahead of real time; both point at `/by`.
 */
export function advanceTarget({ by, from, realNow, timeZone }: AdvanceTargetInput): Date {
  if (!DURATION.test(by)) throw invalid('by has to be an ISO 8601 duration of whole units, such as P31D, P1M or PT36H');
  const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(timeZone);
  const end = add(start, by);
  if (end === null || Temporal.ZonedDateTime.compare(end, start.add({ days: MAX_ADVANCE_DAYS })) > 0) {
    throw invalid(`by may be ${MAX_ADVANCE_DAYS} days at most; advance in several steps`);
  }
  if (end.epochMilliseconds <= from.getTime())
    throw invalid('by has to be longer than nothing; the clock never goes back');
  const last = new Date(realNow);
  last.setUTCFullYear(last.getUTCFullYear() + MAX_AHEAD_YEARS);
  if (end.epochMilliseconds > last.getTime()) {
    const target = new Date(end.epochMilliseconds).toISOString();
    const detail =
      `by leads to ${target}: a sandbox's clock may stand ${MAX_AHEAD_YEARS} years ahead of real time at most. ` +
      `Advance to ${last.toISOString()} at most, or begin again with POST /sandbox/clock/reset.`;
    throw new DomainError('INSTANT_TOO_LATE', detail, { pointer: '/by' });
  }
  return new Date(end.epochMilliseconds);
}

/** Null where the calendar ends before it. */
function add(start: Temporal.ZonedDateTime, by: string): Temporal.ZonedDateTime | null {
  try {
    return start.add(Temporal.Duration.from(by));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export interface NextHopInput {
  nowMs: number;
  targetMs: number;
  /** When the next timer of any process fires; null when none is set. */
  nextTimerMs: number | null;
}

/** Where the next hop leads (ms): over the time in which nothing happens, and a day further at most. */
export function nextHop({ nowMs, targetMs, nextTimerMs }: NextHopInput): number {
  if (nextTimerMs === null) return targetMs;
  return Math.min(targetMs, Math.max(nowMs, nextTimerMs) + MAX_HOP_MS);
}

/** The way from `from` to `target` in days, and how many of them `reached` has behind it. */
export function hopsOf({ from, target, reached }: { from: Date; target: Date; reached: Date }): {
  done: number;
  total: number;
} {
  const total = Math.ceil((target.getTime() - from.getTime()) / MAX_HOP_MS);
  const done = reached >= target ? total : Math.floor((reached.getTime() - from.getTime()) / MAX_HOP_MS);
  return { done, total };
}

const invalid = (detail: string): DomainError => new DomainError('INVALID_REQUEST', detail, { pointer: '/by' });
