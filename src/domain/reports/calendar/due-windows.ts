import { firingsAfter } from './firing';
import type { ReportSchedule } from './firing-times';
import { parseDateText, toIso } from './dates';
import { bridgeBetween, periodContaining, periodsFrom, type ReportWindow } from './window';

/*
 * When a schedule fires and what it reports are two things.
 *
 * Windows. They follow from one instant, `reportedUntil`, and from nothing else, so nothing is left out and nothing is
 * reported twice, whatever is edited:
 * - a new schedule begins with the period that contains its creation (see beginningOf), so its first report covers the
 *   whole period in which it was made and comes after the end of that period;
 * - each window begins where the one before it ended;
 * - after a change of zone or period the last end may lie within a period of the new kind: a bridge leads from there to
 *   the first boundary of the new kind, and whole periods follow it;
 * - a day that the zone skips is empty and is no window: it would share its start with the next day.
 *
 * Firings. A window is due at its own firing, the first one at or after its end. A schedule that fires more often than
 * its windows end reports nothing in between; one that fires less often reports several windows at one firing. Times
 * apply from the change that set them (`changedAt`): moving `at` from 23:00 to 06:00 at noon makes nothing late. A
 * window that had fired before the change, and that no sweep has come to since, keeps its ends and its firing
 * (`earlierTimes`): an edit neither undoes the pause in which it fired nor makes what `catchUp` leaves out.
 *
 * Outcomes. A window is skipped
 * - `paused` when its own firing falls into a pause, however little of the window does;
 * - `catch_up` when its own firing was missed and the policy does not make up for it: `latest` makes only the windows
 *   of the last firing, `none` only those of firings at most an hour ago (ON_TIME_MS; sweeps come every few minutes,
 *   and a restart takes longer than one);
 * - `backlog` when 31 later windows are made.
 */

/** What is made of the firings that were missed in an outage. */
export const catchUpPolicies = ['all', 'latest', 'none'] as const;
export type CatchUp = (typeof catchUpPolicies)[number];

/** A time in which a schedule was paused, `[from, until)`; `until` is null while the pause lasts. */
export interface Pause {
  from: string;
  until: string | null;
}

export type SkipReason = 'paused' | 'catch_up' | 'backlog';

interface FiredWindow {
  window: ReportWindow;
  /** The window's own firing, ISO 8601. */
  firedAt: string;
}

export type DueWindow = FiredWindow & ({ outcome: 'make' } | { outcome: 'skipped'; reason: SkipReason });

export const ON_TIME_MS = 3_600_000;
export const MAX_MADE_WINDOWS = 31;

/**
 * Returns the instant from which a new schedule reports: the beginning of the period that contains its creation.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export const beginningOf = (schedule: ReportSchedule, createdAt: string): string =>
  periodContaining({ instant: createdAt, kind: schedule.period, timeZone: schedule.timeZone }).startAt;

/** The times that a schedule had until a change, by which windows had fired that no sweep has come to yet. */
export interface EarlierTimes {
  schedule: ReportSchedule;
  /** ISO 8601, as of {@link WindowsInput}. */
  changedAt: string | null;
  /** The instant of the change that ended them, ISO 8601. */
  until: string;
}

export interface WindowsInput {
  schedule: ReportSchedule;
  /** The end of the last window that was reported or skipped, or {@link beginningOf}. ISO 8601. */
  reportedUntil: string;
  /** The instant since which the schedule has its present times: its creation or last change. ISO 8601. */
  changedAt?: string | null;
  /** Oldest first; none by default. */
  earlierTimes?: readonly EarlierTimes[];
}

export interface DueWindowsInput extends WindowsInput {
  /** ISO 8601. */
  now: string;
  /** The last instant at which the schedule fires, ISO 8601; null or left out where it does not end. */
  until?: string | null;
  catchUp: CatchUp;
  pauses?: readonly Pause[];
}

/**
 * Returns the windows that are due, oldest first. The end of the last one is the next `reportedUntil`.
 * @throws DomainError as {@link firingsAfter}
 */
export function dueWindows({ now, until, catchUp, pauses = [], ...input }: DueWindowsInput): DueWindow[] {
  const lastMs = Math.min(Date.parse(now), until ? Date.parse(until) : Infinity);
  const fired: FiredWindow[] = [];
  for (const candidate of firedWindows(input)) {
    if (Date.parse(candidate.firedAt) > lastMs) break;
    fired.push(candidate);
  }
  const unpaused = fired.filter(({ firedAt }) => !pauses.some((pause) => covers(pause, firedAt)));
  const caughtUp = unpaused.filter(({ firedAt }) => {
    if (catchUp === 'latest') return firedAt === unpaused.at(-1)?.firedAt;
    return catchUp === 'all' || Date.parse(now) - Date.parse(firedAt) <= ON_TIME_MS;
  });
  const made = caughtUp.slice(-MAX_MADE_WINDOWS);
  const [unpausedOnes, caughtUpOnes, madeOnes] = [new Set(unpaused), new Set(caughtUp), new Set(made)];
  return fired.map((one) => {
    if (madeOnes.has(one)) return { ...one, outcome: 'make' };
    if (caughtUpOnes.has(one)) return { ...one, outcome: 'skipped', reason: 'backlog' };
    return { ...one, outcome: 'skipped', reason: unpausedOnes.has(one) ? 'catch_up' : 'paused' };
  });
}

const covers = ({ from, until }: Pause, instant: string): boolean =>
  Date.parse(from) <= Date.parse(instant) && (until === null || Date.parse(instant) < Date.parse(until));

/**
 * Yields all windows from the last reported end, each with its own firing, by which they are in order. It never ends.
 * @throws DomainError as {@link firingsAfter}
 */
export function* firedWindows({ earlierTimes = [], ...present }: WindowsInput): Generator<FiredWindow, never> {
  let { reportedUntil } = present;
  for (const { until, ...times } of earlierTimes)
    for (const one of windowsOfTimes({ ...times, reportedUntil })) {
      if (Date.parse(one.firedAt) > Date.parse(until)) break;
      yield one;
      reportedUntil = one.window.endAt;
    }
  return yield* windowsOfTimes({ ...present, reportedUntil });
}

function* windowsOfTimes({ schedule, reportedUntil, changedAt }: WindowsInput): Generator<FiredWindow, never> {
  const changedMs = changedAt ? Date.parse(changedAt) : -Infinity;
  const windows = windowsFrom(schedule, reportedUntil);
  let window = windows.next().value;
  // A firing at the very end of a window reports it, hence the millisecond.
  const firings = firingsAfter(schedule, Math.max(Date.parse(window.endAt) - 1, changedMs));
  let firedMs = firings.next().value;
  for (;;) {
    while (firedMs < Date.parse(window.endAt)) firedMs = firings.next().value;
    yield { window, firedAt: toIso(firedMs) };
    window = windows.next().value;
  }
}

/**
 * Returns the windows of a schedule whose times change at an instant. The times that it had stay where windows have
 * fired by them, so there are at most as many of them as windows that no sweep has come to.
 * @throws DomainError as {@link firingsAfter}
 */
export function changeTimes(
  before: WindowsInput,
  { schedule, at }: { schedule: ReportSchedule; at: string },
): Required<WindowsInput> & { changedAt: string } {
  const { reportedUntil, changedAt = null, earlierTimes = [] } = before;
  const ended = hasFired(before, changedAt, at) ? [{ schedule: before.schedule, changedAt, until: at }] : [];
  return { schedule, reportedUntil, changedAt: at, earlierTimes: [...earlierTimes, ...ended] };
}

/** True where a window fires after an instant, up to another one. */
function hasFired(input: WindowsInput, after: string | null, until: string): boolean {
  const windows = firedWindows(input);
  for (;;) {
    const firedMs = Date.parse(windows.next().value.firedAt);
    if (firedMs > Date.parse(until)) return false;
    if (after === null || firedMs > Date.parse(after)) return true;
  }
}

function* windowsFrom({ period: kind, timeZone }: ReportSchedule, from: string): Generator<ReportWindow, never> {
  const first = periodContaining({ instant: from, kind, timeZone });
  const isBoundary = Date.parse(first.startAt) === Date.parse(from);
  yield isBoundary ? first : bridgeBetween({ startAt: from, endAt: first.endAt, timeZone });
  const periods = periodsFrom({ kind, firstDay: parseDateText(first.to) + 1 }, timeZone);
  for (;;) {
    const window = periods.next().value;
    if (window.hours > 0) yield window;
  }
}
