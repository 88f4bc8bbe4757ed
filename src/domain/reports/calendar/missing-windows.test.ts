import * as fc from 'fast-check';
import type { RunOutcome } from '../schedule';
import { missingWindows, windowsInRange, type BackfillRange } from './missing-windows';
import { bridgeBetween, type ReportWindow } from './window';

const range: BackfillRange = {
  period: 'day',
  timeZone: 'Europe/Berlin',
  from: '2026-03-28',
  to: '2026-03-30',
  now: '2026-06-01T00:00:00Z',
};
const windowsOf = (given: Partial<BackfillRange> = {}) => windowsInRange({ ...range, ...given });
const periodsOf = (windows: readonly ReportWindow[]) => windows.map(({ period }) => period);
const run = (window: ReportWindow, outcome: RunOutcome | null) => ({ window, outcome });

describe('the windows of a range', () => {
  it('are those of the schedule with a day in it, as long as the clocks make them', () => {
    const windows = windowsOf();
    expect(periodsOf(windows)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(windows.map(({ hours }) => hours)).toEqual([24, 23, 24]);
    expect(periodsOf(windowsOf({ period: 'month', from: '2026-01-31', to: '2026-03-01' }))).toEqual([
      '2026-01',
      '2026-02',
      '2026-03',
    ]);
    expect(periodsOf(windowsOf({ period: 'week' }))).toEqual(['2026-W13', '2026-W14']);
  });

  it('leave out what is not over, and a day that the zone skips', () => {
    expect(periodsOf(windowsOf({ now: '2026-03-29T22:00:00Z' }))).toEqual(['2026-03-28', '2026-03-29']);
    expect(periodsOf(windowsOf({ now: '2026-03-29T21:59:59Z' }))).toEqual(['2026-03-28']);
    const apia = { timeZone: 'Pacific/Apia', from: '2011-12-29', to: '2011-12-31' };
    expect(periodsOf(windowsOf(apia))).toEqual(['2011-12-29', '2011-12-31']);
  });

  it.each([
    [{ from: '2025-01-01', to: '2026-02-04' }, 400],
    [{ from: '2025-01-01', to: '2026-02-05' }, '/to'],
    [{ period: 'week' as const, from: '2018-10-01', to: '2026-05-31' }, 400],
    [{ period: 'quarter' as const, from: '2000-01-01', to: '9999-12-31' }, '/to'],
  ])('are 400 at most: %j', (given, expected) => {
    if (typeof expected === 'number') return expect(windowsOf(given)).toHaveLength(expected);
    return expect(() => windowsOf(given)).toThrow(expect.objectContaining({ code: 'RANGE_TOO_LONG', pointer: '/to' }));
  });

  it.each([
    [{ to: '2026-03-27' }, 'PERIOD_INVALID', '/to'],
    [{ from: '1999-12-31' }, 'PERIOD_INVALID', '/from'],
    [{ to: '2026-02-30' }, 'PERIOD_INVALID', '/to'],
    [{ now: '2026-03-27T22:59:59Z' }, 'WINDOW_IN_FUTURE', '/from'],
  ])('are refused: %j', (given, code, pointer) => {
    expect(() => windowsOf(given)).toThrow(expect.objectContaining({ code, pointer }));
  });
});

describe('what is missing', () => {
  it('is of a window that failed the part that none has made since', () => {
    const [day] = windowsOf() as [ReportWindow];
    const bridge = bridgeBetween({ ...day, startAt: '2026-03-28T00:00:00.000Z' });
    expect(missingWindows([day], [run(bridge, 'failed'), run(day, 'made')])).toEqual([]);
    const before = { startAt: day.startAt, endAt: bridge.startAt, bridge: true };
    expect(missingWindows([day], [run(day, 'failed'), run(bridge, 'made')])).toMatchObject([before]);
    expect(missingWindows([day], [run(bridge, 'made')])).toMatchObject([before]);
  });

  it('is of two windows that failed, and share a time, that time once', () => {
    const [day] = windowsOf() as [ReportWindow];
    const later = bridgeBetween({ ...day, startAt: '2026-03-28T12:00:00.000Z', endAt: '2026-03-29T12:00:00.000Z' });
    const rest = { startAt: day.endAt, endAt: later.endAt, bridge: true };
    expect(missingWindows([day], [run(later, 'skipped'), run(day, 'failed')])).toMatchObject([day, rest]);
  });

  it('ends where the sweep of an active schedule goes on', () => {
    const [day, next] = windowsOf() as [ReportWindow, ReportWindow];
    const until = '2026-03-28T12:00:00.000Z';
    expect(missingWindows([day, next], [], until)).toMatchObject([{ startAt: day.startAt, endAt: until }]);
    expect(missingWindows([day, next], [run(next, 'failed')], day.endAt)).toEqual([day]);
  });

  it('are the windows that were skipped, have failed, or have no run', () => {
    const windows = windowsOf({ from: '2026-03-01', to: '2026-03-06' });
    const outcomes = ['made', 'empty', null, 'skipped', 'failed'] as const;
    const runs = outcomes.map((outcome, index) => run(windows[index]!, outcome));
    expect(missingWindows(windows, runs)).toEqual(windows.slice(3));
    expect(missingWindows(windows, [])).toEqual(windows);
  });

  it('is as it was then after a change of the zone, and nothing twice', () => {
    const windows = windowsOf({ timeZone: 'America/New_York', from: '2026-05-01', to: '2026-05-05' });
    const berlin = windowsOf({ from: '2026-05-01', to: '2026-05-03' });
    const bridge = bridgeBetween({
      startAt: berlin[2]!.endAt,
      endAt: windows[3]!.startAt,
      timeZone: 'America/New_York',
    });
    const runs = [run(berlin[0]!, 'made'), run(berlin[1]!, 'skipped'), run(berlin[2]!, 'made'), run(bridge, 'failed')];
    expect(missingWindows(windows, runs)).toEqual([berlin[1], bridge, windows[3], windows[4]]);
  });

  it('never overlaps what is made, whatever the kinds and outcomes were', () => {
    const kind = fc.constantFrom('day' as const, 'week' as const, 'month' as const);
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu');
    const outcome = fc.constantFrom('made' as const, 'empty' as const, null, 'skipped' as const, 'failed' as const);
    fc.assert(
      fc.property(
        kind,
        zone,
        kind,
        zone,
        fc.array(outcome, { maxLength: 12 }),
        (period, timeZone, before, at, ends) => {
          const dates = { from: '2026-02-10', to: '2026-04-20' };
          const old = windowsOf({ period: before, timeZone: at, ...dates });
          const runs = old.slice(0, ends.length).map((window, index) => run(window, ends[index]!));
          const missing = missingWindows(windowsOf({ period, timeZone, ...dates }), runs);
          const made = runs.filter((each) => each.outcome !== 'skipped' && each.outcome !== 'failed');
          const all = [...missing, ...made.map(({ window }) => window)].toSorted((one, other) =>
            one.startAt < other.startAt ? -1 : 1,
          );
          all.slice(1).forEach((window, index) => expect(window.startAt >= all[index]!.endAt).toBe(true));
        },
      ),
      { numRuns: 300 },
    );
  });
});
