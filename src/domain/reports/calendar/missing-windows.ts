import { DomainError } from '../../domain-error';
import type { RunOutcome } from '../schedule';
import { parseDateText } from './dates';
import type { ReportSchedule } from './firing-times';
import { periodOfDay } from './period';
import { requireDate, requireOrder } from './requested-window';
import { isComplete, periodsFrom, type ReportWindow } from './window';
import { earliestFirst, overlap, unreportedParts, type Span } from './window-parts';

/** The number of windows that one backfill may name, missing or not. */
export const MAX_BACKFILL_WINDOWS = 400;

export interface BackfillRange extends Pick<ReportSchedule, 'period' | 'timeZone'> {
  /** The first and the last local date, both included. */
  from: string;
  to: string;
  /** ISO 8601 instant. */
  now: string;
}

/**
 * Returns the windows of a schedule that have a day in the range and are over, oldest first.
 * @throws DomainError pointing at the field: `PERIOD_INVALID`; `RANGE_TOO_LONG`; `WINDOW_IN_FUTURE` where the first
 *   window has not begun
 */
export function windowsInRange({ period: kind, timeZone, from, to, now }: BackfillRange): ReportWindow[] {
  const [firstDay, lastDay] = [requireDate(from, '/from'), requireDate(to, '/to')];
  requireOrder(firstDay, lastDay);
  const windows: ReportWindow[] = [];
  for (const window of periodsFrom(periodOfDay(kind, firstDay), timeZone)) {
    if (parseDateText(window.from) > lastDay) break;
    if (windows.length === MAX_BACKFILL_WINDOWS)
      throw new DomainError(
        'RANGE_TOO_LONG',
        `The range has more than ${MAX_BACKFILL_WINDOWS} windows: send a shorter one, and the rest after it.`,
        { pointer: '/to' },
      );
    windows.push(window);
  }
  const [first] = windows;
  if (first && Date.parse(first.startAt) > Date.parse(now))
    throw new DomainError('WINDOW_IN_FUTURE', `The first window begins at ${first.startAt}, which is in the future.`, {
      pointer: '/from',
    });
  return windows.filter((window) => window.hours > 0 && isComplete(window, now));
}

/** What became of a window of a schedule; null while its report is made. */
export interface RunOfWindow {
  window: ReportWindow;
  outcome: RunOutcome | null;
}

/**
 * Returns what is missing of some windows, oldest first: the windows of runs that were skipped or have failed, as they
 * were then, and the windows that have no run. A part that another one reports is cut out, so nothing is reported
 * twice, also where the schedule had another zone or period before. What begins at `until` is left out.
 */
export function missingWindows(
  windows: readonly ReportWindow[],
  runs: readonly RunOfWindow[],
  until?: string,
): ReportWindow[] {
  const isMissed = ({ outcome }: RunOfWindow): boolean => outcome === 'skipped' || outcome === 'failed';
  const later = until === undefined ? [] : [{ startAt: until, endAt: LAST_INSTANT }];
  const taken: Span[] = [...runs.filter((run) => !isMissed(run)).map(({ window }) => window), ...later];
  const missed = runs.filter(isMissed).map(({ window }) => window);
  const asked = missed.filter((window) => windows.some((one) => overlap(one, window)));
  const again = asked.toSorted(earliestFirst).flatMap((window) => {
    const parts = unreportedParts(window, taken);
    taken.push(...parts);
    return parts;
  });
  const never = windows.flatMap((window) => unreportedParts(window, [...taken, ...missed]));
  return [...again, ...never].toSorted(earliestFirst);
}

/** No window ends later. */
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';
