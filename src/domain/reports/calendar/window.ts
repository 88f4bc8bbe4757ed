import { dateText, dayStartMs, localDayNumber, parseDateText, toIso } from './dates';
import {
  parsePeriod,
  type Period,
  periodAfter,
  periodBefore,
  type PeriodKind,
  periodOfDay,
  periodText,
} from './period';

/*
 * A window is made of days of its zone. A day
 * - begins with the first instant of its date in the zone: 01:00 where the clocks skip midnight (Cairo, Santiago), and
 *   the first midnight where it comes twice (St John's until 2011);
 * - ends where the next date begins, so windows of one zone join whatever the clocks do, and a day has 23, 24, 24.5 or
 *   25 hours;
 * - is empty, with 0 hours, where the zone skips the whole date (Apia, 30 December 2011).
 */

/** The time that a report covers: `[startAt, endAt)`. */
export interface ReportWindow {
  /** `2026-03-29`, `2026-W13`, `2026-03`, `2026-Q1` or `2026`; null for a range of dates and for a bridge. */
  period: string | null;
  /** The first and the last local date, both included. A bridge covers them in part. */
  from: string;
  to: string;
  /** IANA name. */
  timeZone: string;
  /** ISO 8601 instants in UTC. */
  startAt: string;
  endAt: string;
  /** Hours that elapse in the window: 23, 24.5 or 25 for some days, 0 for a day that the zone skips. */
  hours: number;
  /**
   * True for the window that joins the last one of a schedule to its first boundary after a change of zone or period,
   * and for what is left of a window of which a part is reported already. Its ends are exact instants, not always those
   * of a day.
   */
  bridge: boolean;
}

/** Returns the window of a period in a zone. */
export const windowOfPeriod = (period: Period, timeZone: string): ReportWindow =>
  periodsFrom(period, timeZone).next().value;

/** Yields the window of a period and those after it. It never ends. */
export function* periodsFrom(first: Period, timeZone: string): Generator<ReportWindow, never> {
  let startMs = dayStartMs(first.firstDay, timeZone);
  for (let period = first; ;) {
    const next = periodAfter(period);
    const endMs = dayStartMs(next.firstDay, timeZone);
    yield windowOfInstants({
      period: periodText(period),
      from: dateText(period.firstDay),
      to: dateText(next.firstDay - 1),
      timeZone,
      startMs,
      endMs,
      bridge: false,
    });
    period = next;
    startMs = endMs;
  }
}

/** Day numbers, both included. */
export interface DatesInput {
  from: number;
  to: number;
  timeZone: string;
}

/** Returns the window of some dates, without the name of a period. */
export const windowOfDates = ({ from, to, timeZone }: DatesInput): ReportWindow =>
  windowOfInstants({
    period: null,
    from: dateText(from),
    to: dateText(to),
    timeZone,
    startMs: dayStartMs(from, timeZone),
    endMs: dayStartMs(to + 1, timeZone),
    bridge: false,
  });

export interface BridgeInput {
  startAt: string;
  endAt: string;
  timeZone: string;
}

/** Returns the bridge between two instants; its dates are those of the zone. */
export function bridgeBetween({ startAt, endAt, timeZone }: BridgeInput): ReportWindow {
  const endMs = Date.parse(endAt);
  return windowOfInstants({
    period: null,
    from: periodContaining({ instant: startAt, kind: 'day', timeZone }).from,
    to: periodContaining({ instant: toIso(endMs - 1), kind: 'day', timeZone }).to,
    timeZone,
    startMs: Date.parse(startAt),
    endMs,
    bridge: true,
  });
}

interface InstantsInput extends Pick<ReportWindow, 'period' | 'from' | 'to' | 'timeZone' | 'bridge'> {
  startMs: number;
  endMs: number;
}

const HOUR_MS = 3_600_000;

const windowOfInstants = ({ startMs, endMs, bridge, ...dates }: InstantsInput): ReportWindow => ({
  ...dates,
  startAt: toIso(startMs),
  endAt: toIso(endMs),
  hours: (endMs - startMs) / HOUR_MS,
  bridge,
});

/** Returns true when the window is over at an instant, so that everything dated in it has happened. */
export const isComplete = (window: ReportWindow, now: string): boolean => Date.parse(window.endAt) <= Date.parse(now);

/**
 * Returns the window before: the previous day, week, month, quarter or year; for a range of dates the same number of
 * dates; for a bridge the same number of hours.
 */
export function previousWindow(window: ReportWindow): ReportWindow {
  const { timeZone, startAt } = window;
  if (window.bridge) {
    const lengthMs = Date.parse(window.endAt) - Date.parse(startAt);
    return bridgeBetween({ startAt: toIso(Date.parse(startAt) - lengthMs), endAt: startAt, timeZone });
  }
  const period = periodOf(window);
  if (period) return windowOfPeriod(periodBefore(period), timeZone);
  const from = parseDateText(window.from);
  return windowOfDates({ from: from - lengthInDates(window), to: from - 1, timeZone });
}

/** Returns the period after a window, which must be a period itself. */
export function nextPeriod(window: ReportWindow): ReportWindow {
  const period = periodOf(window);
  if (!period) throw new TypeError(`The window from ${window.startAt} is no period`);
  return windowOfPeriod(periodAfter(period), window.timeZone);
}

export interface PeriodContainingInput {
  /** ISO 8601. */
  instant: string;
  kind: PeriodKind;
  timeZone: string;
}

/**
 * Returns the period of a kind that contains an instant; it is never empty. It is found by its ends: in the second
 * hour before a midnight that comes twice the local date is still that of the day that is over.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function periodContaining({ instant, kind, timeZone }: PeriodContainingInput): ReportWindow {
  const atMs = Date.parse(instant);
  const periods = periodsFrom(periodOfDay(kind, localDayNumber(atMs, timeZone)), timeZone);
  for (;;) {
    const window = periods.next().value;
    if (Date.parse(window.endAt) > atMs) return window;
  }
}

/** A day of a window, or the part of a day that a bridge covers. */
export interface WindowDay {
  date: string;
  startAt: string;
  endAt: string;
}

/** Returns the days of a window in their order, for series by day. They join and cover the window exactly. */
export function daysOf(window: ReportWindow): WindowDay[] {
  const from = parseDateText(window.from);
  const endMs = Date.parse(window.endAt);
  let startMs = Date.parse(window.startAt);
  return Array.from({ length: lengthInDates(window) }, (_, index) => {
    const dayEndMs = Math.min(endMs, dayStartMs(from + index + 1, window.timeZone));
    const day = { date: dateText(from + index), startAt: toIso(startMs), endAt: toIso(dayEndMs) };
    startMs = dayEndMs;
    return day;
  });
}

const periodOf = ({ period }: ReportWindow): Period | null => (period === null ? null : parsePeriod(period));

const lengthInDates = ({ from, to }: ReportWindow): number => parseDateText(to) - parseDateText(from) + 1;
