import type { ReportSchedule } from './firing-times';
import { upcoming } from './upcoming';

const daily: ReportSchedule = { period: 'day', timeZone: 'Europe/Berlin', at: '02:30' };

test('shows the local time and offset of each firing, also when the clocks go forward', () => {
  const found = upcoming({
    schedule: daily,
    reportedUntil: '2026-03-26T23:00:00.000Z',
    from: '2026-03-27T12:00:00Z',
    count: 3,
  });
  expect(found).toMatchObject([
    {
      at: '2026-03-28T01:30:00.000Z',
      localTime: '2026-03-28T02:30',
      offset: '+01:00',
      window: { period: '2026-03-27' },
    },
    {
      at: '2026-03-29T01:30:00.000Z',
      localTime: '2026-03-29T03:30',
      offset: '+02:00',
      window: { period: '2026-03-28' },
    },
    { at: '2026-03-30T00:30:00.000Z', localTime: '2026-03-30T02:30', offset: '+02:00', window: { hours: 23 } },
  ]);
});

test('leaves out the windows that are due already', () => {
  const found = upcoming({
    schedule: daily,
    reportedUntil: '2026-03-20T23:00:00.000Z',
    from: '2026-03-27T01:30:00Z',
    count: 1,
  });
  expect(found).toMatchObject([{ at: '2026-03-28T01:30:00.000Z', windowCount: 1, window: { period: '2026-03-27' } }]);
});

test('counts the windows of a firing that reports several, and shows the last', () => {
  const schedule: ReportSchedule = { period: 'day', timeZone: 'UTC', cron: '0 6 * * 1' };
  const input = { schedule, reportedUntil: '2026-11-26T00:00:00.000Z', from: '2026-11-26T10:00:00Z', count: 2 };
  expect(upcoming(input)).toMatchObject([
    { at: '2026-11-30T06:00:00.000Z', windowCount: 4, window: { period: '2026-11-29' } },
    { at: '2026-12-07T06:00:00.000Z', windowCount: 7, window: { period: '2026-12-06' } },
  ]);
});

test('shows firings that report nothing', () => {
  const schedule: ReportSchedule = { period: 'day', timeZone: 'UTC', cron: '0 */12 * * *' };
  const input = { schedule, reportedUntil: '2026-11-29T00:00:00.000Z', from: '2026-11-29T10:00:00Z', count: 3 };
  expect(upcoming(input).map(({ at, window, windowCount }) => [at.slice(0, 13), window?.period, windowCount])).toEqual([
    ['2026-11-29T12', undefined, 0],
    ['2026-11-30T00', '2026-11-29', 1],
    ['2026-11-30T12', undefined, 0],
  ]);
});

test('begins with a bridge after a change, at the first firing after the change', () => {
  const found = upcoming({
    schedule: { ...daily, timeZone: 'America/New_York', at: '06:00' },
    reportedUntil: '2026-11-28T23:00:00.000Z',
    changedAt: '2026-11-29T14:00:00Z',
    from: '2026-11-29T10:00:00Z',
    count: 1,
  });
  // The bridge to New York's midnight and its 29 November, both at the first firing that follows them.
  expect(found).toMatchObject([{ at: '2026-11-30T11:00:00.000Z', windowCount: 2, window: { period: '2026-11-29' } }]);
});

test('a count of 0 shows nothing', () => {
  const input = { schedule: daily, reportedUntil: '2026-11-28T23:00:00.000Z', from: '2026-11-29T10:00:00Z' };
  expect(upcoming({ ...input, count: 0 })).toEqual([]);
});

test('ends early where the firings are of very many windows, so that a page of years costs no more', () => {
  const leapDays = { period: 'day', timeZone: 'Europe/Berlin', cron: '0 0 29 2 *' } as const;
  const asked = { reportedUntil: '2026-03-26T23:00:00.000Z', from: '2026-03-27T12:00:00Z', count: 100 };
  const found = upcoming({ schedule: leapDays, ...asked });
  expect(found.map(({ at, windowCount }) => [at, windowCount])).toEqual([
    ['2028-02-28T23:00:00.000Z', 704],
    ['2032-02-28T23:00:00.000Z', 1461],
    ['2036-02-28T23:00:00.000Z', 1461],
  ]);
  expect(upcoming({ schedule: { ...leapDays, period: 'quarter' }, ...asked })).toHaveLength(100);
});
