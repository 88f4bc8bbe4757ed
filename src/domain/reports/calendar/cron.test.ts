import { parseCron } from './cron';
import { firingsBetween } from './firing';

const firings = (cron: string, after: string, count: number, timeZone = 'Europe/Berlin') =>
  firingsBetween({
    schedule: { period: 'day', cron, timeZone },
    after,
    until: '2099-01-01T00:00:00Z',
    limit: count,
  }).map((at) => at.replace(':00.000Z', 'Z'));

describe('hours of the odd days', () => {
  test('what the clocks skip is moved, and fires once with what it is moved onto', () => {
    const hourly = firings('30 * * * *', '2026-03-29T00:00:00Z', 3);
    expect(hourly).toEqual(['2026-03-29T00:30Z', '2026-03-29T01:30Z', '2026-03-29T02:30Z']);
    expect(firings('30 2 * * *', '2026-03-29T00:00:00Z', 2)).toEqual(['2026-03-29T01:30Z', '2026-03-30T00:30Z']);
  });

  test('what comes twice fires the first time', () => {
    const hourly = firings('30 * * * *', '2026-10-24T23:00:00Z', 3);
    expect(hourly).toEqual(['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T02:30Z']);
  });

  test('at Lord Howe two firings may be half an hour apart', () => {
    const hourly = firings('10 * * * *', '2026-10-03T15:00:00Z', 3, 'Australia/Lord_Howe');
    expect(hourly).toEqual(['2026-10-03T15:40Z', '2026-10-03T16:10Z', '2026-10-03T17:10Z']);
  });

  test('in Troll, where the clocks jump by two hours, the order is kept', () => {
    const hourly = firings('30 2-4 * * *', '2026-03-29T00:00:00Z', 3, 'Antarctica/Troll');
    expect(hourly).toEqual(['2026-03-29T01:30Z', '2026-03-29T02:30Z', '2026-03-30T00:30Z']);
  });

  test('the hours of a day that the zone skips join those of the next day, in order and once', () => {
    const everySix = firings('0 */6 * * *', '2011-12-30T00:00:00Z', 6, 'Pacific/Apia');
    expect(everySix).toEqual([
      '2011-12-30T04:00Z',
      '2011-12-30T10:00Z',
      '2011-12-30T16:00Z',
      '2011-12-30T22:00Z',
      '2011-12-31T04:00Z',
      '2011-12-31T10:00Z',
    ]);
  });
});

describe('dates', () => {
  const dates = (cron: string, count: number) =>
    firings(cron, '2026-01-01T12:00:00Z', count, 'UTC').map((at) => at.slice(0, 10));

  test.each([
    ['0 6 13 * 5', 'day or weekday', ['2026-01-02', '2026-01-09', '2026-01-13', '2026-01-16']],
    ['0 6 31 * *', 'months without the day are left out', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['0 6 29 2 *', 'leap days', ['2028-02-29', '2032-02-29']],
    ['0 6 30 2 1', 'the weekday alone where no month has the day', ['2026-02-02', '2026-02-09']],
    ['0 6 * * 0', 'Sunday is 0', ['2026-01-04']],
    ['0 6 * * 7', 'Sunday is 7', ['2026-01-04']],
    ['0 6 * * sat-7', 'names and ranges', ['2026-01-03', '2026-01-04', '2026-01-10']],
    ['0 6 1 JAN,jul *', 'names in any case', ['2026-07-01', '2027-01-01']],
    ['  0  6 */10 2-3 *  ', 'steps', ['2026-02-01', '2026-02-11', '2026-02-21', '2026-03-01']],
  ])('%s: %s', (cron, _, expected) => {
    expect(dates(cron, expected.length)).toEqual(expected);
  });
});

test.each([
  ['', 'CRON_INVALID'],
  ['0 6 * *', 'CRON_INVALID'],
  ['0 0 6 * * *', 'CRON_INVALID'],
  ['@daily', 'CRON_INVALID'],
  ['60 6 * * *', 'CRON_INVALID'],
  ['0 24 * * *', 'CRON_INVALID'],
  ['0 6 0 * *', 'CRON_INVALID'],
  ['0 6 * 13 *', 'CRON_INVALID'],
  ['0 6 * * 8', 'CRON_INVALID'],
  ['0 6 * mon *', 'CRON_INVALID'],
  ['0 6 * * jan', 'CRON_INVALID'],
  ['0 6 * * 1mon', 'CRON_INVALID'],
  ['0 6-4 * * *', 'CRON_INVALID'],
  ['0 */0 * * *', 'CRON_INVALID'],
  ['0,,5 6 * * *', 'CRON_INVALID'],
  ['H 6 * * *', 'CRON_INVALID'],
  ['0 6 L * *', 'CRON_INVALID'],
  ['0 6 ? * 1', 'CRON_INVALID'],
  ['0 6 * * 5#1', 'CRON_INVALID'],
  [`0 ${'6,'.repeat(200)}6 * * *`, 'CRON_INVALID'],
  ['* * * * *', 'SCHEDULE_TOO_OFTEN'],
  ['0,59 6 * * *', 'SCHEDULE_TOO_OFTEN'],
  ['*/30 6 * * *', 'SCHEDULE_TOO_OFTEN'],
  ['0 0 30 2 *', 'SCHEDULE_NEVER_FIRES'],
  ['0 0 31 2,4,6,9,11 *', 'SCHEDULE_NEVER_FIRES'],
])('%j is refused with %s', (cron, code) => {
  expect(() => parseCron(cron)).toThrow(expect.objectContaining({ code, pointer: '/cron' }));
});
