import { Temporal } from 'temporal-polyfill';
import { toZonedTime } from '../../values/time-zone';
import type { ReportWindow } from '../calendar/window';

const QUARTER_MS = 900_000;

/** The points of a series over a window. */
export interface TimeLabels {
  /** In order: the local dates of the window, or the hours of its only day. */
  labels: readonly string[];
  /** Returns the label of an instant in the window. */
  labelOf: (at: Date) => string;
}

/**
 * Returns the labels of a window: a local date for each day, or for a window of one day each hour that the clocks show
 * then. An hour that they show twice is one point, and one that they skip is none.
 */
export function timeLabelsOf(window: ReportWindow): TimeLabels {
  return window.from === window.to ? hoursOf(window) : daysOf(window);
}

function daysOf({ from, to, timeZone }: ReportWindow): TimeLabels {
  const labels: string[] = [];
  const startsMs: number[] = [];
  const last = Temporal.PlainDate.from(to);
  for (
    let day = Temporal.PlainDate.from(from);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    const start = day.toZonedDateTime(timeZone);
    // A zone that crosses the date line leaves a day out.
    if (!start.toPlainDate().equals(day)) continue;
    labels.push(day.toString());
    startsMs.push(start.epochMilliseconds);
  }
  return { labels, labelOf: (at) => labels[lastUpTo(startsMs, at.getTime())]! };
}

/** Every offset of a zone is a whole number of quarters of an hour, so that each quarter lies in one local hour. */
function hoursOf({ startAt, endAt, timeZone }: ReportWindow): TimeLabels {
  const [startMs, endMs] = [Date.parse(startAt), Date.parse(endAt)];
  const quarters: string[] = [];
  for (let atMs = startMs; atMs < endMs; atMs += QUARTER_MS) {
    const { hour } = toZonedTime(Temporal.Instant.fromEpochMilliseconds(atMs), timeZone);
    quarters.push(`${String(hour).padStart(2, '0')}:00`);
  }
  const labelOf = (at: Date): string => quarters[Math.floor((at.getTime() - startMs) / QUARTER_MS)]!;
  return { labels: [...new Set(quarters)], labelOf };
}

/** Returns the index of the last of ascending values that is not above the value. */
function lastUpTo(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (values[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
