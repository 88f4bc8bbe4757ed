import { firingsBetween, nextFiring } from './firing';
import { type ReportSchedule, requireFiringTimes } from './firing-times';

const schedule = (given: Partial<ReportSchedule>): ReportSchedule => ({
  period: 'day',
  timeZone: 'Europe/Berlin',
  ...given,
});
const firings = (given: Partial<ReportSchedule>, after: string, count: number) =>
  firingsBetween({ schedule: schedule(given), after, until: '2099-01-01T00:00:00Z', limit: count }).map((at) =>
    at.replace(':00.000Z', 'Z'),
  );
const monthly = { period: 'month', timeZone: 'UTC', at: '06:00' } as const;

describe('local times', () => {
  test.each<[string, Partial<ReportSchedule>, string, string[]]>([
    [
      '06:00 stays 06:00 when the clocks go forward',
      { at: '06:00' },
      '2026-03-28T00:00:00Z',
      ['2026-03-28T05:00Z', '2026-03-29T04:00Z', '2026-03-30T04:00Z'],
    ],
    [
      'a skipped 02:30 is 03:30, on that day only',
      { at: '02:30' },
      '2026-03-28T00:00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z'],
    ],
    [
      'a doubled 02:30 fires once, the first time',
      { at: '02:30' },
      '2026-10-24T00:00:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'a skipped midnight is 01:00',
      { at: '00:00', timeZone: 'Africa/Cairo' },
      '2026-04-23T00:00:00Z',
      ['2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ],
    [
      'a skipped 02:10 at Lord Howe is 02:40',
      { at: '02:10', timeZone: 'Australia/Lord_Howe' },
      '2026-10-03T00:00:00Z',
      ['2026-10-03T15:40Z', '2026-10-04T15:10Z'],
    ],
    [
      'two days fire once where the zone skips one of them',
      { at: '06:00', timeZone: 'Pacific/Apia' },
      '2011-12-28T20:00:00Z',
      ['2011-12-29T16:00Z', '2011-12-30T16:00Z', '2011-12-31T16:00Z'],
    ],
  ])('%s', (_, given, after, expected) => {
    expect(firings(given, after, expected.length)).toEqual(expected);
  });

  test('a weekly firing on a day that the zone skips comes a day later', () => {
    const fridays = { period: 'week', on: 'friday', at: '06:00', timeZone: 'Pacific/Apia' } as const;
    expect(firings(fridays, '2011-12-24T00:00:00Z', 2)).toEqual(['2011-12-30T16:00Z', '2012-01-05T16:00Z']);
    expect(firings(fridays, '2011-12-30T10:00:00Z', 1)).toEqual(['2011-12-30T16:00Z']);
  });
});

test.each<[string, Partial<ReportSchedule>, string, string[]]>([
  ['weeks begin on Monday', { period: 'week', at: '06:00' }, '2026-11-29T12:00:00Z', ['2026-11-30T05:00Z']],
  ['or on a weekday', { period: 'week', at: '06:00', on: 'sunday' }, '2026-11-29T12:00:00Z', ['2026-12-06T05:00Z']],
  ['months fire on the first', monthly, '2026-01-01T06:00:00Z', ['2026-02-01T06:00Z', '2026-03-01T06:00Z']],
  [
    'day 31 is the last of a short month',
    { ...monthly, on: 31 },
    '2028-01-31T06:00:00Z',
    ['2028-02-29T06:00Z', '2028-03-31T06:00Z', '2028-04-30T06:00Z'],
  ],
  ['day 30 is 28 February', { ...monthly, on: 30 }, '2026-02-01T00:00:00Z', ['2026-02-28T06:00Z', '2026-03-30T06:00Z']],
  [
    'quarters fire in the month after their end',
    { ...monthly, period: 'quarter', on: 31 },
    '2026-01-01T00:00:00Z',
    ['2026-01-31T06:00Z', '2026-04-30T06:00Z', '2026-07-31T06:00Z', '2026-10-31T06:00Z'],
  ],
  [
    'quarters fire on the first',
    { ...monthly, period: 'quarter' },
    '2026-01-01T06:00:00Z',
    ['2026-04-01T06:00Z', '2026-07-01T06:00Z'],
  ],
])('%s', (_, given, after, expected) => {
  expect(firings(given, after, expected.length)).toEqual(expected);
});

test('a firing is after the instant and up to the end', () => {
  const daily = schedule({ at: '06:00' });
  expect(nextFiring(daily, '2026-11-29T04:59:59.999Z')).toBe('2026-11-29T05:00:00.000Z');
  expect(nextFiring(daily, '2026-11-29T05:00:00Z')).toBe('2026-11-30T05:00:00.000Z');
  const [after, until] = ['2026-11-29T05:00:00Z', '2026-12-01T05:00:00Z'];
  expect(firingsBetween({ schedule: daily, after, until, limit: 9 })).toHaveLength(2);
  expect(firingsBetween({ schedule: daily, after, until, limit: 1 })).toHaveLength(1);
  expect(firingsBetween({ schedule: daily, after, until, limit: 0 })).toEqual([]);
});

test.each<[string, Partial<ReportSchedule>, string, string]>([
  ['no time', {}, 'SCHEDULE_INVALID', '/at'],
  ['24:00', { at: '24:00' }, 'SCHEDULE_INVALID', '/at'],
  ['a time without its zero', { at: '6:00' }, 'SCHEDULE_INVALID', '/at'],
  ['a day for days', { at: '06:00', on: 1 }, 'SCHEDULE_INVALID', '/on'],
  ['a number for weeks', { period: 'week', at: '06:00', on: 1 }, 'SCHEDULE_INVALID', '/on'],
  ['a weekday for months', { period: 'month', at: '06:00', on: 'monday' }, 'SCHEDULE_INVALID', '/on'],
  ['day 0', { period: 'month', at: '06:00', on: 0 }, 'SCHEDULE_INVALID', '/on'],
  ['day 32', { period: 'quarter', at: '06:00', on: 32 }, 'SCHEDULE_INVALID', '/on'],
  ['half a day', { period: 'month', at: '06:00', on: 1.5 }, 'SCHEDULE_INVALID', '/on'],
  ['a time beside cron', { at: '06:00', cron: '0 6 * * *' }, 'SCHEDULE_INVALID', '/at'],
  ['a day beside cron', { on: 1, cron: '0 6 * * *' }, 'SCHEDULE_INVALID', '/on'],
])('%s is refused', (_, given, code, pointer) => {
  expect(() => requireFiringTimes(schedule(given))).toThrow(expect.objectContaining({ code, pointer }));
});

test('a zone that nobody knows is refused', () => {
  expect(() => nextFiring(schedule({ at: '06:00', timeZone: 'CET+1' }), '2026-01-01T00:00:00Z')).toThrow(
    expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
  );
});
