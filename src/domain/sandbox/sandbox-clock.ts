import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../domain-error';
import { addDuration, isDuration } from '../values/duration';
import { toZonedTime } from '../values/time-zone';

/** The most calendar days that one call may move the clock. */
export const MAX_ADVANCE_DAYS = 400;
/**
 * The most calendar years (UTC) that the clock may be ahead of real time, whatever the number of advances: twice the
 * planning horizon in real time (planning-horizon.ts), and far below the limits of dates and timers.
 */
export const MAX_AHEAD_YEARS = 20;
/**
 * The longest hop in which timers fire. No process fires a timer more than this before a timer of another process that
 * was due earlier.
 */
export const MAX_HOP_MS = 86_400_000;
/** Periodic work that is due within this time of other periodic work is done together with it. */
export const SAME_HOP_MS = 300_000;
/** A hop over quiet time ends this long before the first timer, so that it is over before the timer fires. */
const BEFORE_TIMER_MS = 60_000;

export interface AdvanceTargetInput {
  /** `P31D`, `P1M`, `PT36H`, `P1Y2M3DT4H5M6S` */
  by: string;
  /** The tenant's time. */
  from: Date;
  /** The time outside the sandbox. */
  realNow: Date;
  /**
   * The partner's IANA time zone: years, months, weeks and days are counted on its calendar, so a day may have 23 or 25
   * hours.
   */
  timeZone: string;
}

/**
 * Returns the instant that lies the duration after `from`. From 31 January, `P1M` leads to the last day of February, at
 * the same local time (ISO 8601-1:2019 §5.5.2; RFC 5545 §3.3.6 for days across a change of the clocks).
 *
 * @throws DomainError `INVALID_REQUEST` for anything but a positive duration of at most 400 days, `INSTANT_TOO_LATE`
 *   for a duration that leads more than twenty years ahead of real time; both point at `/by`.
 */
export function advanceTarget({ by, from, realNow, timeZone }: AdvanceTargetInput): Date {
  if (!isDuration(by)) throw invalid('by has to be an ISO 8601 duration of whole units, such as P31D, P1M or PT36H');
  const start = toZonedTime(Temporal.Instant.fromEpochMilliseconds(from.getTime()), timeZone);
  const end = addDuration(start, by);
  if (end === null || Temporal.ZonedDateTime.compare(end, start.add({ days: MAX_ADVANCE_DAYS })) > 0) {
    throw invalid(`by may be ${MAX_ADVANCE_DAYS} days at most; advance in several steps`);
  }
  if (end.epochMilliseconds <= from.getTime())
    throw invalid('by has to be longer than zero; the clock never goes back');
  const last = new Date(realNow);
  last.setUTCFullYear(last.getUTCFullYear() + MAX_AHEAD_YEARS);
  if (end.epochMilliseconds > last.getTime()) {
    const target = new Date(end.epochMilliseconds).toISOString();
    const detail =
      `by leads to ${target}: a sandbox's clock may stand ${MAX_AHEAD_YEARS} years ahead of real time at most. ` +
      `Advance to ${last.toISOString()} at most, or return to real time with POST /sandbox/clock/reset.`;
    throw new DomainError('INSTANT_TOO_LATE', detail, { pointer: '/by' });
  }
  return new Date(end.epochMilliseconds);
}

export interface NextHopInput {
  nowMs: number;
  targetMs: number;
  /** The instant of the next timer of any process; null when none is set. */
  nextTimerMs: number | null;
}

/**
 * Returns the end of the next hop (ms). A hop in which a timer fires is a day at most; a longer hop ends shortly before
 * the first timer. So whatever stops an advance, no process has acted more than a day after the tenant's clock.
 */
export function nextHop({ nowMs, targetMs, nextTimerMs }: NextHopInput): number {
  const quietUntilMs = nextTimerMs === null ? targetMs : nextTimerMs - BEFORE_TIMER_MS;
  return Math.min(targetMs, Math.max(quietUntilMs, nowMs + MAX_HOP_MS));
}

/** Returns the days from `from` to `target`, and the number of them before `reached`. */
export function hopsOf({ from, target, reached }: { from: Date; target: Date; reached: Date }): {
  done: number;
  total: number;
} {
  const total = Math.ceil((target.getTime() - from.getTime()) / MAX_HOP_MS);
  const done = reached >= target ? total : Math.floor((reached.getTime() - from.getTime()) / MAX_HOP_MS);
  return { done, total };
}

const invalid = (detail: string): DomainError => new DomainError('INVALID_REQUEST', detail, { pointer: '/by' });
