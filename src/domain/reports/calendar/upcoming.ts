import { Temporal } from 'temporal-polyfill';
import { toZonedTime } from '../../values/time-zone';
import { firedWindows, type WindowsInput } from './due-windows';
import { firingsAfter } from './firing';
import { toIso } from './dates';
import type { ReportWindow } from './window';

export interface UpcomingInput extends WindowsInput {
  /** ISO 8601; windows of firings up to here are due and not upcoming. */
  from: string;
  count: number;
}

export interface UpcomingFiring {
  /** ISO 8601, UTC. */
  at: string;
  /** The clock of the schedule's zone, such as `2026-03-29T03:30`. */
  localTime: string;
  /** Such as `+02:00`. */
  offset: string;
  /** The last window that the firing reports; null where no window has ended since the firing before. */
  window: ReportWindow | null;
  /** The number of windows that the firing reports: several where the schedule fires less often than they end. */
  windowCount: number;
}

/**
 * The most windows that are read: a schedule of days that fires on 29 February has 1461 of them in a firing, and the
 * api does nothing else meanwhile.
 */
export const MAX_UPCOMING_WINDOWS = 4000;

/**
 * Returns the next firings of a schedule that is neither paused nor changed until then; fewer than `count` where they
 * report more than {@link MAX_UPCOMING_WINDOWS}.
 * @throws DomainError as {@link firingsAfter}
 */
export function upcoming({ from, count, ...input }: UpcomingInput): UpcomingFiring[] {
  const { schedule, changedAt } = input;
  const fromMs = Math.max(Date.parse(from), changedAt ? Date.parse(changedAt) : -Infinity);
  const windows = firedWindows(input);
  let next = windows.next().value;
  while (Date.parse(next.firedAt) <= fromMs) next = windows.next().value;

  const found: UpcomingFiring[] = [];
  let seen = 0;
  for (const firingMs of firingsAfter(schedule, fromMs)) {
    if (found.length >= count) break;
    const at = toIso(firingMs);
    let window: ReportWindow | null = null;
    let windowCount = 0;
    for (; next.firedAt === at && seen < MAX_UPCOMING_WINDOWS; next = windows.next().value) {
      window = next.window;
      windowCount += 1;
      seen += 1;
    }
    if (next.firedAt === at) break;
    found.push({ at, ...localTimeOf(firingMs, schedule.timeZone), window, windowCount });
  }
  return found;
}

function localTimeOf(ms: number, timeZone: string): Pick<UpcomingFiring, 'localTime' | 'offset'> {
  const zoned = toZonedTime(Temporal.Instant.fromEpochMilliseconds(ms), timeZone);
  return { localTime: zoned.toPlainDateTime().toString({ smallestUnit: 'minute' }), offset: zoned.offset };
}
