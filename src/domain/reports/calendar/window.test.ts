import { parsePeriod } from './period';
import {
  bridgeBetween,
  daysOf,
  isComplete,
  nextPeriod,
  periodContaining,
  previousWindow,
  windowOfPeriod,
} from './window';

const windowOf = (text: string, timeZone: string) => {
  const period = parsePeriod(text);
  if (!period) throw new Error(`${text} is no period`);
  return windowOfPeriod(period, timeZone);
};
const ends = ({ startAt, endAt, hours }: { startAt: string; endAt: string; hours: number }) => [
  startAt.replace(':00.000Z', 'Z'),
  endAt.replace(':00.000Z', 'Z'),
  hours,
];

test.each([
  ['a usual day', '2026-03-28', 'Europe/Berlin', '2026-03-27T23:00Z', '2026-03-28T23:00Z', 24],
  ['clocks go forward', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
  ['clocks go back', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
  ['clocks skip midnight', '2026-04-24', 'Africa/Cairo', '2026-04-23T22:00Z', '2026-04-24T21:00Z', 23],
  ['clocks repeat the last hour', '2026-10-29', 'Africa/Cairo', '2026-10-28T21:00Z', '2026-10-29T22:00Z', 25],
  ['clocks skip midnight', '2026-09-06', 'America/Santiago', '2026-09-06T04:00Z', '2026-09-07T03:00Z', 23],
  ['clocks go back half an hour', '2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-05T13:30Z', 24.5],
  ['clocks go forward half', '2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30Z', '2026-10-04T13:00Z', 23.5],
  ['an offset of 5:45', '2026-01-01', 'Asia/Kathmandu', '2025-12-31T18:15Z', '2026-01-01T18:15Z', 24],
  ['the zone skips the day', '2011-12-30', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00Z', 0],
  ['the day before it', '2011-12-29', 'Pacific/Apia', '2011-12-29T10:00Z', '2011-12-30T10:00Z', 24],
  ['midnight comes twice', '2010-11-07', 'America/St_Johns', '2010-11-07T02:30Z', '2010-11-08T03:30Z', 25],
  ['a leap day', '2028-02-29', 'UTC', '2028-02-29T00:00Z', '2028-03-01T00:00Z', 24],
  ['the week clocks go forward', '2026-W13', 'Europe/Berlin', '2026-03-22T23:00Z', '2026-03-29T22:00Z', 167],
  ['week 1 begins in the old year', '2026-W01', 'UTC', '2025-12-29T00:00Z', '2026-01-05T00:00Z', 168],
  ['week 53 ends in the new year', '2026-W53', 'UTC', '2026-12-28T00:00Z', '2027-01-04T00:00Z', 168],
  ['the week of a skipped day', '2011-W52', 'Pacific/Apia', '2011-12-26T10:00Z', '2012-01-01T10:00Z', 144],
  ['a month', '2026-03', 'America/New_York', '2026-03-01T05:00Z', '2026-04-01T04:00Z', 743],
  ['February of a leap year', '2028-02', 'UTC', '2028-02-01T00:00Z', '2028-03-01T00:00Z', 696],
  ['a quarter', '2026-Q1', 'Europe/Berlin', '2025-12-31T23:00Z', '2026-03-31T22:00Z', 2159],
  ['a year', '2026', 'Europe/Berlin', '2025-12-31T23:00Z', '2026-12-31T23:00Z', 8760],
  ['a leap year', '2028', 'UTC', '2028-01-01T00:00Z', '2029-01-01T00:00Z', 8784],
])('%s: %s in %s is %s to %s', (_, period, timeZone, startAt, endAt, hours) => {
  const window = windowOf(period, timeZone);
  expect(ends(window)).toEqual([startAt, endAt, hours]);
  expect(window).toMatchObject({ period, timeZone, bridge: false });
});

test('a window names its first and last date', () => {
  expect(windowOf('2026-W53', 'UTC')).toMatchObject({ from: '2026-12-28', to: '2027-01-03' });
  expect(windowOf('2028-02', 'UTC')).toMatchObject({ from: '2028-02-01', to: '2028-02-29' });
});

test.each([
  ['2026-03-29', '2026-03-28', '2026-03-30'],
  ['2026-03-01', '2026-02-28', '2026-03-02'],
  ['2027-W01', '2026-W53', '2027-W02'],
  ['2026-W01', '2025-W52', '2026-W02'],
  ['2026-01', '2025-12', '2026-02'],
  ['2026-Q1', '2025-Q4', '2026-Q2'],
  ['2026', '2025', '2027'],
])('the period before %s is %s, the next one is %s', (period, before, after) => {
  const window = windowOf(period, 'Europe/Berlin');
  expect(previousWindow(window)).toEqual(windowOf(before, 'Europe/Berlin'));
  expect(nextPeriod(window)).toEqual(windowOf(after, 'Europe/Berlin'));
});

test('the window before a bridge is as many hours long', () => {
  const bridge = bridgeBetween({
    startAt: '2026-03-28T18:00:00.000Z',
    endAt: '2026-03-29T22:00:00.000Z',
    timeZone: 'Europe/Berlin',
  });
  expect(bridge).toMatchObject({ period: null, from: '2026-03-28', to: '2026-03-29', hours: 28, bridge: true });
  expect(previousWindow(bridge)).toMatchObject({
    from: '2026-03-27',
    to: '2026-03-28',
    startAt: '2026-03-27T14:00:00.000Z',
    endAt: bridge.startAt,
    bridge: true,
  });
});

test.each([
  ['the last instant of a day', '2026-03-28T22:59:59.999Z', 'day', 'Europe/Berlin', '2026-03-28'],
  ['its end', '2026-03-28T23:00:00Z', 'day', 'Europe/Berlin', '2026-03-29'],
  ['23:30 after the first of two midnights', '2010-11-07T03:00:00Z', 'day', 'America/St_Johns', '2010-11-07'],
  ['the instant at which a day is skipped', '2011-12-30T10:00:00Z', 'day', 'Pacific/Apia', '2011-12-31'],
  ['a Sunday', '2027-01-03T12:00:00Z', 'week', 'UTC', '2026-W53'],
  ['the end of May', '2026-05-31T12:00:00Z', 'quarter', 'UTC', '2026-Q2'],
  ['New Year in Kathmandu', '2026-12-31T18:15:00Z', 'year', 'Asia/Kathmandu', '2027'],
] as const)('%s, %s, is in the %s of %s named %s', (_, instant, kind, timeZone, period) => {
  expect(periodContaining({ instant, kind, timeZone }).period).toBe(period);
});

test('a window is complete from its end', () => {
  const window = windowOf('2026-03-29', 'Europe/Berlin');
  expect(isComplete(window, '2026-03-29T21:59:59.999Z')).toBe(false);
  expect(isComplete(window, '2026-03-29T22:00:00Z')).toBe(true);
});

describe('daysOf', () => {
  test('returns days that join, with the hours that they have', () => {
    expect(daysOf(windowOf('2026-W13', 'Europe/Berlin')).slice(-2)).toEqual([
      { date: '2026-03-28', startAt: '2026-03-27T23:00:00.000Z', endAt: '2026-03-28T23:00:00.000Z' },
      { date: '2026-03-29', startAt: '2026-03-28T23:00:00.000Z', endAt: '2026-03-29T22:00:00.000Z' },
    ]);
  });

  test('includes the empty day that a zone skips', () => {
    const days = daysOf(windowOf('2011-W52', 'Pacific/Apia'));
    expect(days).toHaveLength(7);
    expect(days[4]).toEqual({
      date: '2011-12-30',
      startAt: '2011-12-30T10:00:00.000Z',
      endAt: '2011-12-30T10:00:00.000Z',
    });
  });

  test('returns the parts of days that a bridge covers', () => {
    const [startAt, endAt] = ['2026-03-28T18:00:00.000Z', '2026-03-29T04:00:00.000Z'];
    expect(daysOf(bridgeBetween({ startAt, endAt, timeZone: 'Europe/Berlin' }))).toEqual([
      { date: '2026-03-28', startAt, endAt: '2026-03-28T23:00:00.000Z' },
      { date: '2026-03-29', startAt: '2026-03-28T23:00:00.000Z', endAt },
    ]);
  });
});
