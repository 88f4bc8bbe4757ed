import { beginningOf, changeTimes, type DueWindowsInput, dueWindows } from './due-windows';
import type { ReportSchedule } from './firing-times';

const daily: ReportSchedule = { period: 'day', timeZone: 'UTC', at: '06:00' };
const due = (given: Partial<DueWindowsInput>) =>
  dueWindows({
    schedule: daily,
    reportedUntil: '2026-11-01T00:00:00.000Z',
    now: '2026-11-02T06:03:00Z',
    catchUp: 'all',
    ...given,
  });
/** The windows in short: the period or the exact start of a bridge, and what becomes of it. */
const outcomes = (given: Partial<DueWindowsInput>) =>
  due(given).map((one) => [
    one.window.period ?? `${one.window.startAt.slice(0, 16)}/${one.window.endAt.slice(0, 16)}`,
    one.outcome === 'make' ? 'make' : one.reason,
  ]);

describe('a window is due at the first firing after its end', () => {
  test('and not before', () => {
    expect(due({ now: '2026-11-02T05:59:59Z' })).toEqual([]);
    expect(due({ now: '2026-11-02T06:00:00Z' })).toMatchObject([
      { outcome: 'make', firedAt: '2026-11-02T06:00:00.000Z', window: { period: '2026-11-01' } },
    ]);
  });

  test('a firing at its very end reports it', () => {
    const schedule: ReportSchedule = { ...daily, at: '00:00' };
    expect(due({ schedule, now: '2026-11-02T00:00:00Z' })).toMatchObject([{ firedAt: '2026-11-02T00:00:00.000Z' }]);
  });

  test('firings in between report nothing', () => {
    const schedule: ReportSchedule = { period: 'month', timeZone: 'UTC', cron: '0 * * * *' };
    expect(due({ schedule, now: '2026-11-30T23:30:00Z' })).toEqual([]);
    expect(outcomes({ schedule, now: '2026-12-01T00:01:00Z' })).toEqual([['2026-11', 'make']]);
  });

  test.each(['all', 'latest', 'none'] as const)('a weekly firing reports seven days, with %s', (catchUp) => {
    const schedule: ReportSchedule = { period: 'day', timeZone: 'UTC', cron: '0 6 * * 1' };
    const windows = due({ schedule, reportedUntil: '2026-11-02T00:00:00.000Z', now: '2026-11-09T06:01:00Z', catchUp });
    expect(windows.map(({ window }) => window.period)).toEqual([
      '2026-11-02',
      '2026-11-03',
      '2026-11-04',
      '2026-11-05',
      '2026-11-06',
      '2026-11-07',
      '2026-11-08',
    ]);
    expect(windows.every(({ outcome }) => outcome === 'make')).toBe(true);
  });
});

describe('a new schedule', () => {
  test.each([
    [daily, '2026-11-29T00:00:00.000Z', '2026-11-30T06:00:00.000Z'],
    [{ ...daily, period: 'week' as const }, '2026-11-23T00:00:00.000Z', '2026-11-30T06:00:00.000Z'],
    [{ ...daily, period: 'quarter' as const }, '2026-10-01T00:00:00.000Z', '2027-01-01T06:00:00.000Z'],
  ])('%j begins with the period that contains its creation', (schedule, startAt, firedAt) => {
    const createdAt = '2026-11-29T10:00:00Z';
    const reportedUntil = beginningOf(schedule, createdAt);
    expect(reportedUntil).toBe(startAt);
    const input = { schedule, reportedUntil, changedAt: createdAt };
    expect(due({ ...input, now: createdAt })).toEqual([]);
    expect(due({ ...input, now: firedAt })).toMatchObject([{ firedAt, window: { startAt, bridge: false } }]);
  });
});

describe('after an outage', () => {
  const threeDays = { now: '2026-11-04T06:30:00Z' };

  test.each([
    ['all', 'make', 'make', 'make'],
    ['latest', 'catch_up', 'catch_up', 'make'],
    ['none', 'catch_up', 'catch_up', 'make'],
  ] as const)('%s: %s, %s, %s', (catchUp, ...expected) => {
    expect(outcomes({ ...threeDays, catchUp })).toEqual(
      ['2026-11-01', '2026-11-02', '2026-11-03'].map((period, index) => [period, expected[index]]),
    );
  });

  test('an hour after its firing a window counts as missed', () => {
    const one = (now: string, catchUp: 'latest' | 'none') => outcomes({ now, catchUp }).map(([, outcome]) => outcome);
    expect(one('2026-11-02T07:00:00Z', 'none')).toEqual(['make']);
    expect(one('2026-11-02T07:00:01Z', 'none')).toEqual(['catch_up']);
    expect(one('2026-11-02T07:00:01Z', 'latest')).toEqual(['make']);
  });

  test('a window of before the end of the schedule is missed an hour after its firing, not after that end', () => {
    const ended = { until: '2026-11-02T06:30:00Z', now: '2026-11-09T06:00:00Z' };
    expect(outcomes({ ...ended, catchUp: 'none' })).toEqual([['2026-11-01', 'catch_up']]);
    expect(outcomes({ ...ended, catchUp: 'all' })).toEqual([['2026-11-01', 'make']]);
  });

  test('of 40 days the last 31 are made', () => {
    const found = outcomes({ now: '2026-12-11T06:01:00Z' });
    expect(found).toHaveLength(40);
    expect(found.slice(0, 9).every(([, outcome]) => outcome === 'backlog')).toBe(true);
    expect(found.slice(9).every(([, outcome]) => outcome === 'make')).toBe(true);
    expect(found[9]).toEqual(['2026-11-10', 'make']);
  });
});

describe('pauses', () => {
  const pauses = [{ from: '2026-11-03T10:00:00Z', until: '2026-11-05T06:00:00Z' }];

  test('a window is skipped when its firing falls into a pause, which ends before its end', () => {
    expect(outcomes({ now: '2026-11-06T06:01:00Z', pauses })).toEqual([
      ['2026-11-01', 'make'],
      ['2026-11-02', 'make'],
      ['2026-11-03', 'paused'],
      ['2026-11-04', 'make'],
      ['2026-11-05', 'make'],
    ]);
  });

  test('a pause within a month leaves its report alone', () => {
    const schedule: ReportSchedule = { ...daily, period: 'month' };
    expect(outcomes({ schedule, now: '2026-12-01T06:01:00Z', pauses })).toEqual([['2026-11', 'make']]);
  });

  test('a pause that lasts skips what falls due in it', () => {
    const lasting = [{ from: '2026-11-03T10:00:00Z', until: null }];
    const found = outcomes({ now: '2026-11-05T06:01:00Z', pauses: lasting, catchUp: 'latest' });
    expect(found.map(([, outcome]) => outcome)).toEqual(['catch_up', 'make', 'paused', 'paused']);
  });

  test('windows of a pause do not count among the last 31', () => {
    const now = '2026-12-11T06:01:00Z';
    const found = outcomes({ now, pauses: [{ from: '2026-11-20T00:00:00Z', until: '2026-11-29T00:00:00Z' }] });
    expect(found.filter(([, outcome]) => outcome === 'paused')).toHaveLength(9);
    expect(found.filter(([, outcome]) => outcome === 'make')).toHaveLength(31);
  });
});

describe('an edit', () => {
  const changedAt = '2026-11-10T12:00:00Z';
  const bridgeOf = (schedule: Partial<ReportSchedule>, reportedUntil: string, now: string) =>
    outcomes({ schedule: { ...daily, ...schedule }, reportedUntil, changedAt, now }).slice(0, 2);

  test('to a zone in the west begins with the hours up to its midnight', () => {
    expect(bridgeOf({ timeZone: 'America/New_York' }, '2026-11-10T00:00:00.000Z', '2026-11-12T00:00:00Z')).toEqual([
      ['2026-11-10T00:00/2026-11-10T05:00', 'make'],
      ['2026-11-10', 'make'],
    ]);
  });

  test('to a zone in the east begins with the rest of its day', () => {
    expect(bridgeOf({ timeZone: 'Asia/Kathmandu' }, '2026-11-10T00:00:00.000Z', '2026-11-12T06:00:00Z')).toEqual([
      ['2026-11-10T00:00/2026-11-10T18:15', 'make'],
      ['2026-11-11', 'make'],
    ]);
  });

  test('from days to months begins with the rest of the month', () => {
    expect(bridgeOf({ period: 'month' }, '2026-11-10T00:00:00.000Z', '2027-01-02T00:00:00Z')).toEqual([
      ['2026-11-10T00:00/2026-12-01T00:00', 'make'],
      ['2026-12', 'make'],
    ]);
  });

  test('from months to days needs no bridge', () => {
    expect(bridgeOf({}, '2026-11-01T00:00:00.000Z', '2026-11-11T06:00:00Z')).toEqual([
      ['2026-11-01', 'make'],
      ['2026-11-02', 'make'],
    ]);
  });

  test('of the time makes nothing late: its firings begin with it', () => {
    const input = { reportedUntil: '2026-11-09T00:00:00.000Z', changedAt, catchUp: 'none' } as const;
    expect(due({ ...input, now: '2026-11-10T12:05:00Z' })).toEqual([]);
    expect(due({ ...input, now: '2026-11-11T06:01:00Z' })).toMatchObject([
      { outcome: 'make', window: { period: '2026-11-09' } },
      { outcome: 'make', window: { period: '2026-11-10' } },
    ]);
  });
});

describe('an edit after a window has fired that no sweep has come to', () => {
  const before = { schedule: daily, reportedUntil: '2026-11-01T00:00:00.000Z', changedAt: '2026-10-31T12:00:00Z' };
  const edit = (schedule: Partial<ReportSchedule>, at: string, from: Parameters<typeof changeTimes>[0] = before) =>
    changeTimes(from, { schedule: { ...from.schedule, ...schedule }, at });
  const moved = edit({ at: '05:00', timeZone: 'America/New_York' }, '2026-11-04T06:00:00Z');
  const now = '2026-11-04T13:00:00Z';

  test('leaves it as it was, and goes on from its end by the new times', () => {
    expect(outcomes({ ...moved, now })).toEqual([
      ['2026-11-01', 'make'],
      ['2026-11-02', 'make'],
      ['2026-11-03', 'make'],
      ['2026-11-04T00:00/2026-11-04T05:00', 'make'],
    ]);
  });

  test('leaves it in its pause, and out of what is made up for', () => {
    const pauses = [{ from: '2026-11-02T12:00:00Z', until: '2026-11-04T07:00:00Z' }];
    const outcomesOf = (given: Partial<DueWindowsInput>) =>
      outcomes({ ...moved, ...given }).map(([, outcome]) => outcome);
    expect(outcomesOf({ now, pauses })).toEqual(['make', 'paused', 'paused', 'make']);
    const onTime = '2026-11-04T10:30:00Z';
    expect(outcomesOf({ now: onTime, catchUp: 'none' })).toEqual(['catch_up', 'catch_up', 'catch_up', 'make']);
    expect(outcomesOf({ now: onTime, catchUp: 'latest' })).toEqual(['catch_up', 'catch_up', 'catch_up', 'make']);
  });

  test('keeps the times of each edit by which a window has fired, and of no other', () => {
    const kept = (windows: ReturnType<typeof edit>) => windows.earlierTimes.map(({ schedule: { at } }) => at);
    expect(kept(edit({ at: '09:00' }, '2026-11-02T05:59:59Z'))).toEqual([]);
    const once = edit({ at: '09:00' }, '2026-11-02T06:00:00Z');
    const [twice, later] = ['2026-11-03T08:59:00Z', '2026-11-03T09:00:00Z'].map((at) =>
      edit({ at: '10:00' }, at, once),
    );
    expect([once, twice!, later!].map(kept)).toEqual([['06:00'], ['06:00'], ['06:00', '09:00']]);
    expect(due({ ...later, now: '2026-11-04T10:00:00Z' }).map(({ firedAt }) => firedAt.slice(5, 16))).toEqual([
      '11-02T06:00',
      '11-03T09:00',
      '11-04T10:00',
    ]);
  });
});

test('a day that the zone skips is no window', () => {
  const schedule: ReportSchedule = { ...daily, timeZone: 'Pacific/Apia' };
  const input = { schedule, reportedUntil: '2011-12-29T10:00:00.000Z', now: '2012-01-01T00:00:00Z' };
  expect(outcomes(input)).toEqual([
    ['2011-12-29', 'make'],
    ['2011-12-31', 'make'],
  ]);
});

test('a schedule that never fires is refused', () => {
  const schedule: ReportSchedule = { period: 'day', timeZone: 'UTC', cron: '0 0 30 2 *' };
  expect(() => due({ schedule })).toThrow(expect.objectContaining({ code: 'SCHEDULE_NEVER_FIRES' }));
});
