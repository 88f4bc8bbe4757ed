import * as fc from 'fast-check';
import { casesOf } from '../../../testing/long-form';
import { beginningOf, changeTimes, dueWindows, type Pause } from './due-windows';
import { type ReportSchedule, schedulePeriods } from './firing-times';
import { missingWindows, windowsInRange, type RunOfWindow } from './missing-windows';
import { periodContaining, previousWindow, type ReportWindow } from './window';
import { dueParts, earliestFirst, overlap, type Span } from './window-parts';

/*
 * Random lives of a schedule: what is triggered, backfilled and edited between the sweeps is reported once, and
 * nothing is left out between the beginning of the schedule and where its sweeps have come to.
 */
const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.parse('2026-10-12T09:17:00Z');
const seed = casesOf<number | undefined>({ short: 20_261_130, long: undefined });

const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
const hour = fc.integer({ min: 0, max: 23 });
const schedules: fc.Arbitrary<ReportSchedule> = fc
  .record({
    period: fc.constantFrom(...schedulePeriods, 'day' as const, 'day' as const),
    timeZone: zone,
    hour,
    weekly: fc.nat(3),
  })
  .map(({ hour: at, weekly, ...kind }) =>
    weekly === 0 ? { ...kind, cron: `0 ${at} * * 1` } : { ...kind, at: `${String(at).padStart(2, '0')}:00` },
  );
type Event =
  | { what: 'sweep' | 'pause' | 'resume' }
  | { what: 'trigger'; back: number; outcome: 'made' | 'failed' }
  | { what: 'backfill'; days: number }
  | { what: 'edit'; to: ReportSchedule };
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ what: 'sweep' as const }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('edit' as const), to: schedules }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('pause' as const, 'resume' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('trigger' as const),
      back: fc.integer({ min: 1, max: 4 }),
      outcome: fc.constantFrom('made' as const, 'made' as const, 'failed' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('backfill' as const), days: fc.integer({ min: 1, max: 20 }) }),
  },
);
const lives = fc.record({
  schedule: schedules,
  steps: fc.array(fc.record({ afterHours: fc.integer({ min: 0, max: 60 }), event }), { minLength: 10, maxLength: 40 }),
});

class Life {
  private nowMs = BEGIN_MS;
  private readonly pauses: Pause[] = [];
  private state: Parameters<typeof changeTimes>[0] & { schedule: ReportSchedule };
  /** The firings of what had fired before an edit and waits for a sweep. */
  private readonly fired = new Map<string, string>();
  readonly beginning: string;
  readonly runs = new Map<string, RunOfWindow>();
  readonly faults: string[] = [];

  constructor(schedule: ReportSchedule) {
    this.beginning = beginningOf(schedule, this.now);
    this.state = { schedule, reportedUntil: this.beginning, changedAt: this.now };
  }

  get now(): string {
    return new Date(this.nowMs).toISOString();
  }
  get reportedUntil(): string {
    return this.state.reportedUntil;
  }
  get made(): ReportWindow[] {
    return [...this.runs.values()].filter(({ outcome }) => outcome === 'made').map(({ window }) => window);
  }
  private get isPaused(): boolean {
    return this.pauses.at(-1)?.until === null;
  }
  private write(window: ReportWindow, outcome: RunOfWindow['outcome']): void {
    this.runs.set(idOf(window), { window, outcome });
  }
  private due() {
    return dueWindows({ ...this.state, now: this.now, catchUp: 'all', pauses: this.pauses });
  }

  step(afterHours: number, wish: Event): void {
    this.nowMs += afterHours * HOUR_MS;
    if (wish.what === 'sweep' && !this.isPaused) this.sweep();
    if (wish.what === 'pause' && !this.isPaused) this.pauses.push({ from: this.now, until: null });
    if (wish.what === 'resume' && this.isPaused) this.pauses.at(-1)!.until = this.now;
    if (wish.what === 'edit') this.edit(wish.to);
    if (wish.what === 'trigger') this.trigger(wish.back, wish.outcome);
    if (wish.what === 'backfill') this.backfill(wish.days);
  }

  sweep(): void {
    const due = this.due();
    for (const { window, firedAt } of due) {
      const before = this.fired.get(idOf(window));
      if (before && before !== firedAt) this.faults.push(`${idOf(window)} fired at ${before}, then at ${firedAt}`);
    }
    for (const { window, isReported, ...one } of dueParts(due, this.made)) {
      if (!isReported && !this.runs.has(idOf(window))) this.write(window, one.outcome === 'make' ? 'made' : 'skipped');
      if (one.outcome === 'skipped' && one.reason !== 'paused' && one.reason !== 'backlog')
        this.faults.push(`${idOf(window)} is skipped: ${one.reason}`);
    }
    this.state = { ...this.state, reportedUntil: due.at(-1)?.window.endAt ?? this.reportedUntil };
  }

  private edit(to: ReportSchedule): void {
    for (const { window, firedAt } of this.due()) this.fired.set(idOf(window), firedAt);
    let end = this.reportedUntil;
    for (let over: Span | undefined; (over = this.made.find((one) => one.startAt <= end && end < one.endAt));)
      end = over.endAt;
    this.state = changeTimes({ ...this.state, reportedUntil: end }, { schedule: to, at: this.now });
  }

  private trigger(back: number, outcome: 'made' | 'failed'): void {
    const { period: kind, timeZone } = this.state.schedule;
    let window = periodContaining({ instant: this.now, kind, timeZone });
    for (let count = 0; count < back; count += 1) window = previousWindow(window);
    if (!this.made.some((one) => overlap(one, window))) this.write(window, outcome);
  }

  private backfill(days: number): void {
    const dateBefore = (count: number): string =>
      new Date(this.nowMs - count * 24 * HOUR_MS).toISOString().slice(0, 10);
    const dates = { from: dateBefore(days + 2), to: dateBefore(1) };
    const windows = windowsInRange({ ...this.state.schedule, ...dates, now: this.now });
    const until = this.isPaused ? undefined : this.reportedUntil;
    for (const window of missingWindows(windows, [...this.runs.values()], until)) this.write(window, 'made');
  }

  /** Resumes, and sweeps once everything up to now has fired. */
  end(): void {
    this.step(0, { what: 'resume' });
    this.step(200 * 24, { what: 'sweep' });
  }
}

const idOf = ({ startAt, endAt }: Span): string => `${startAt}/${endAt}`;

/** Returns where windows of a sequence share a time. */
const overlapsOf = (windows: readonly Span[]): string[] => {
  const sorted = windows.toSorted(earliestFirst);
  return sorted.filter((window, index) => index > 0 && window.startAt < sorted[index - 1]!.endAt).map(idOf);
};

/** Returns the times between two instants that no window has. */
function gapsBetween(startAt: string, endAt: string, windows: readonly Span[]): string[] {
  const gaps: string[] = [];
  let reached = startAt;
  for (const window of windows.toSorted(earliestFirst)) {
    if (window.startAt > reached && window.startAt <= endAt)
      gaps.push(idOf({ startAt: reached, endAt: window.startAt }));
    if (window.endAt > reached) reached = window.endAt;
  }
  return reached < endAt ? [...gaps, idOf({ startAt: reached, endAt })] : gaps;
}

test('random edits, pauses, triggers, backfills and sweeps report nothing twice and leave nothing out', () => {
  let [madeCount, bridges, skipped] = [0, 0, 0];
  fc.assert(
    fc.property(lives, ({ schedule, steps }) => {
      const life = new Life(schedule);
      for (const { afterHours, event: wish } of steps) life.step(afterHours, wish);
      life.end();
      expect(life.faults).toEqual([]);
      expect(overlapsOf(life.made)).toEqual([]);
      const runs = [...life.runs.values()];
      const windows = runs.map(({ window }) => window);
      expect(gapsBetween(life.beginning, life.reportedUntil, windows)).toEqual([]);
      expect(life.reportedUntil > new Date(BEGIN_MS + 100 * 24 * HOUR_MS).toISOString()).toBe(true);
      madeCount += life.made.length;
      bridges += life.made.filter(({ bridge }) => bridge).length;
      skipped += runs.length - life.made.length;
    }),
    { seed, numRuns: casesOf({ short: 120, long: 3_000 }) },
  );
  // The lives are worth something only if they reach every kind of window.
  expect([madeCount > 2_000, bridges > 200, skipped > 100]).toEqual([true, true, true]);
});
