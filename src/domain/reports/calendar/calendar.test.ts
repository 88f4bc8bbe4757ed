import { CronExpressionParser } from 'cron-parser';
import * as fc from 'fast-check';
import { casesOf } from '../../../testing/long-form';
import { beginningOf, catchUpPolicies, type DueWindow, dueWindows, MAX_MADE_WINDOWS, type Pause } from './due-windows';
import { firingsBetween } from './firing';
import { type ReportSchedule, schedulePeriods, weekdays } from './firing-times';
import { periodKinds } from './period';
import { daysOf, nextPeriod, periodContaining, type ReportWindow } from './window';
import { oddZones } from '../../../testing/random/odd-zones';

/*
 * The calendar against Intl, which shows the clock of a zone and computes nothing: six zones whose clocks change by an
 * hour, by half an hour, at midnight, in the south and never, over 400 days.
 */
const DAY_MS = 86_400_000;
const BEGIN_MS = Date.parse('2025-12-10T09:17:00Z');
const END_MS = BEGIN_MS + 400 * DAY_MS;
/** A fixed seed, so that a green build stays green; the long form draws another one each time. */
const seed = casesOf<number | undefined>({ short: 20_261_129, long: undefined });

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const cpuAtStart = cpuMs();

const clocks = new Map<string, Intl.DateTimeFormat>();
/** Returns the local time of an instant, as an instant of UTC that shows the same clock. */
function localMs(atMs: number, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  return Date.parse(`${clock.format(atMs).replace(' ', 'T')}Z`);
}
const localDate = (atMs: number, timeZone: string): string =>
  new Date(localMs(atMs, timeZone)).toISOString().slice(0, 10);

/** Returns the first instant at which a zone shows a local time, or would have shown it had no clock been changed. */
function instantOf(clockMs: number, timeZone: string): number {
  const offsets = [-1, 1].map((days) => localMs(clockMs + days * DAY_MS, timeZone) - (clockMs + days * DAY_MS));
  const shown = offsets.map((offset) => clockMs - offset).filter((atMs) => localMs(atMs, timeZone) === clockMs);
  return shown.length > 0 ? Math.min(...shown) : clockMs - (offsets[0] ?? 0);
}

/** Returns where one begins that does not begin at the end of the one before it. */
const gapsOf = (times: readonly { startAt: string; endAt: string }[]): string[] =>
  times.filter(({ startAt }, index) => index > 0 && startAt !== times[index - 1]?.endAt).map(({ startAt }) => startAt);

/** Returns what is wrong with a window: it must run from the first instant of `from` to the first one after `to`. */
function faultsOf({ startAt, endAt, from, to, timeZone, bridge }: ReportWindow): string[] {
  const [startMs, endMs] = [Date.parse(startAt), Date.parse(endAt)];
  const faults = [];
  if (startMs >= endMs) faults.push(`${startAt} is empty`);
  if (localDate(startMs, timeZone) !== from) faults.push(`${startAt} is not on ${from}`);
  if (!bridge && localDate(startMs - 1, timeZone) === from) faults.push(`${startAt} is within ${from}`);
  if (localDate(endMs - 1, timeZone) !== to) faults.push(`${endAt} does not end ${to}`);
  if (localDate(endMs, timeZone) === to) faults.push(`${endAt} is within ${to}`);
  return faults;
}

describe.each(oddZones)('%s', (timeZone) => {
  test.each(periodKinds)('400 days by the %s join, and so do their days', (kind) => {
    let window = periodContaining({ instant: new Date(BEGIN_MS).toISOString(), kind, timeZone });
    const windows: ReportWindow[] = [];
    for (; Date.parse(window.startAt) < END_MS; window = nextPeriod(window)) windows.push(window);
    expect([...gapsOf(windows), ...windows.flatMap(faultsOf)]).toEqual([]);

    const days = windows.flatMap(daysOf);
    expect(gapsOf(days)).toEqual([]);
    expect([days[0]?.startAt, days.at(-1)?.endAt]).toEqual([windows[0]?.startAt, windows.at(-1)?.endAt]);
  });

  test.each(['00:00', '01:45', '02:10'])('400 days fire once each at %s', (at) => {
    const found = firingsBetween({
      schedule: { period: 'day', timeZone, at },
      after: new Date(BEGIN_MS).toISOString(),
      until: new Date(END_MS).toISOString(),
      limit: 500,
    });
    const firstClockMs = Date.parse(`${localDate(Date.parse(found[0] ?? ''), timeZone)}T${at}Z`);
    const expected = found.map((_, index) =>
      new Date(instantOf(firstClockMs + index * DAY_MS, timeZone)).toISOString(),
    );
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThanOrEqual(399);
  });
});

const numberIn = (min: number, max: number) => fc.integer({ min, max });
const list = (min: number, max: number) =>
  fc.uniqueArray(numberIn(min, max), { minLength: 1, maxLength: 3 }).map(String);
const range = (min: number, max: number) =>
  fc.tuple(numberIn(min, max), numberIn(min, max)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const any = fc.constant('*');
const crons = fc
  .tuple(
    numberIn(0, 59),
    fc.oneof(
      { weight: 6, arbitrary: list(0, 23) },
      { weight: 1, arbitrary: range(0, 23).map((hours) => `${hours}/5`) },
      fc.constantFrom('*/6', '*/12'),
    ),
    fc.oneof({ weight: 3, arbitrary: any }, list(1, 31), range(1, 28), fc.constantFrom('31', '*/7', '30')),
    fc.oneof({ weight: 4, arbitrary: any }, fc.constantFrom('1,3,5', '*/2', 'jan-mar', '3,10')),
    fc.oneof({ weight: 2, arbitrary: any }, list(0, 6), list(1, 7), range(0, 6), fc.constantFrom('mon-fri', 'sun')),
  )
  .map((fields) => fields.join(' '));
let windowCount = 0;
const zone = fc.constantFrom(...oddZones);

test('random crons fire as cron-parser reads them, on the clock of their zone', () => {
  const startMs = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => BEGIN_MS + hours * 3_600_000);
  fc.assert(
    fc.property(crons, zone, startMs, (cron, timeZone, afterMs) => {
      const after = new Date(afterMs).toISOString();
      const until = new Date(afterMs + 1_000 * DAY_MS).toISOString();
      const found = firingsBetween({ schedule: { period: 'day', timeZone, cron }, after, until, limit: 10 });
      // The search begins a day earlier: a time that is moved over midnight is planned on the day before.
      const currentDate = new Date(localMs(afterMs, timeZone) - DAY_MS);
      const clock = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate });
      const expected = new Set<number>();
      while (expected.size < found.length) {
        const atMs = instantOf(clock.next().getTime(), timeZone);
        if (atMs > afterMs) expected.add(atMs);
      }
      expect(found).toEqual([...expected].map((atMs) => new Date(atMs).toISOString()));
      expect(found.length).toBeGreaterThan(0);
    }),
    { seed, numRuns: casesOf({ short: 200, long: 2_000 }) },
  );
});

const clockTimes = fc
  .tuple(numberIn(0, 23), numberIn(0, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const schedules: fc.Arbitrary<ReportSchedule> = fc
  .tuple(fc.constantFrom(...schedulePeriods), zone, fc.option(crons, { freq: 1 }), clockTimes, numberIn(1, 31))
  .map(([period, timeZone, cron, at, day]) => {
    if (cron) return { period, timeZone, cron };
    if (period === 'day') return { period, timeZone, at };
    return { period, timeZone, at, on: period === 'week' ? weekdays[day % 7] : day };
  });
const steps = fc.array(
  fc.record({
    afterHours: fc.oneof(numberIn(1, 48), numberIn(1, 40 * 24)),
    event: fc.oneof(
      { weight: 4, arbitrary: fc.constant('sweep' as const) },
      fc.constantFrom('pause' as const, 'resume' as const),
      schedules,
    ),
  }),
  { minLength: 15, maxLength: 40 },
);
type Step = { afterHours: number; event: 'sweep' | 'pause' | 'resume' | ReportSchedule };

/** Carries out a schedule's life of 400 days; it is swept after each step, and a sweep reports what is due. */
function live(schedule: ReportSchedule, lifeSteps: readonly Step[], catchUp: (typeof catchUpPolicies)[number]) {
  let nowMs = BEGIN_MS;
  const beginning = beginningOf(schedule, new Date(nowMs).toISOString());
  const state = { schedule, reportedUntil: beginning, changedAt: new Date(nowMs).toISOString() };
  const pauses: Pause[] = [];
  const sweeps: Sweep[] = [];
  let edits = 0;
  const sweep = (): void => {
    const now = new Date(nowMs).toISOString();
    const due = dueWindows({ ...state, now, catchUp, pauses });
    state.reportedUntil = due.at(-1)?.window.endAt ?? state.reportedUntil;
    sweeps.push({ now, due });
  };
  for (const { afterHours, event } of lifeSteps) {
    if (nowMs + afterHours * 3_600_000 > END_MS) break;
    nowMs += afterHours * 3_600_000;
    const now = new Date(nowMs).toISOString();
    const last = pauses.at(-1);
    if (event === 'pause' && last?.until !== null) pauses.push({ from: now, until: null });
    if (event === 'resume' && last?.until === null) last.until = now;
    if (typeof event === 'object') {
      edits += 1;
      Object.assign(state, { schedule: event, changedAt: now });
    }
    sweep();
  }
  nowMs = END_MS;
  sweep();
  return { beginning, ...state, sweeps, edits };
}

test('random lives with edits, pauses and outages leave nothing out and report nothing twice', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(schedules, steps, fc.constantFrom(...catchUpPolicies), (schedule, lifeSteps, catchUp) => {
      const life = live(schedule, lifeSteps, catchUp);
      const all = life.sweeps.flatMap(({ due }) => due);
      windowCount += all.length;
      const firstAt = all[0]?.window.startAt ?? life.beginning;
      expect([life.beginning, ...gapsOf(all.map(({ window }) => window))]).toEqual([firstAt]);
      expect([...all.flatMap(({ window }) => faultsOf(window)), ...life.sweeps.flatMap(faultsOfSweep)]).toEqual([]);
      expect(all.filter(({ window }) => window.bridge).length).toBeLessThanOrEqual(life.edits);
      for (const one of all) reached.add(one.outcome === 'make' ? 'make' : one.reason);
      expectNothingLeft(life);
    }),
    { seed, numRuns: casesOf({ short: 100, long: 1_000 }) },
  );
  // The lives are worth something only if they reach every outcome.
  expect([...reached].sort()).toEqual(['backlog', 'catch_up', 'make', 'paused']);
  expect(windowCount).toBeGreaterThan(5_000);
});

interface Sweep {
  now: string;
  due: DueWindow[];
}

/** Returns what is wrong with what a sweep reports: no window before its end, at most 31 at once. */
function faultsOfSweep({ now, due }: Sweep): string[] {
  const early = due.filter(({ firedAt, window }) => window.endAt > firedAt || firedAt > now);
  const made = due.filter(({ outcome }) => outcome === 'make').length;
  const faults = early.map(({ firedAt }) => `fired at ${firedAt}, swept at ${now}`);
  return made > MAX_MADE_WINDOWS ? [...faults, `${made} windows made at ${now}`] : faults;
}

/** The period of the schedule's last firing must have been reported up to its start. */
function expectNothingLeft({ schedule, reportedUntil, changedAt }: ReturnType<typeof live>): void {
  const until = new Date(END_MS).toISOString();
  const last = firingsBetween({ schedule, after: changedAt, until, limit: 10_000 }).at(-1);
  if (!last) return;
  const { startAt } = periodContaining({ instant: last, kind: schedule.period, timeZone: schedule.timeZone });
  expect(reportedUntil >= startAt).toBe(true);
}

afterAll(() => {
  const spentMs = Math.round(cpuMs() - cpuAtStart);
  process.stderr.write(`The calendar's tests took ${spentMs} ms of CPU for ${windowCount} windows\n`);
});
