import * as fc from 'fast-check';
import type { BillingSchedule } from './billing-period';
import {
  billingPeriod,
  billingPeriodAt,
  requireSchedule,
  requireStart,
  trialEndAt,
  trialNoticeAt,
} from './billing-period';

const schedule = (given: Partial<BillingSchedule>): BillingSchedule => ({
  startAt: '2026-01-31T09:00:00Z',
  timeZone: 'UTC',
  interval: 'month',
  intervalCount: 1,
  ...given,
});
const ends = (given: Partial<BillingSchedule>, count: number) =>
  Array.from({ length: count }, (_, index) =>
    billingPeriod({ schedule: schedule(given), index }).endAt.replace(':00.000Z', 'Z'),
  );
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('month ends', () => {
  test('31 Jan goes to 28 Feb and back to 31 Mar', () => {
    expect(ends({}, 4)).toEqual(['2026-02-28T09:00Z', '2026-03-31T09:00Z', '2026-04-30T09:00Z', '2026-05-31T09:00Z']);
  });

  test('in a leap year it goes to 29 Feb', () => {
    expect(ends({ startAt: '2028-01-31T09:00:00Z' }, 2)).toEqual(['2028-02-29T09:00Z', '2028-03-31T09:00Z']);
  });

  test('29 Feb by the year is 28 Feb until the next leap year', () => {
    expect(ends({ startAt: '2028-02-29T00:00:00Z', interval: 'year' }, 4)).toEqual([
      '2029-02-28T00:00Z',
      '2030-02-28T00:00Z',
      '2031-02-28T00:00Z',
      '2032-02-29T00:00Z',
    ]);
  });

  test('quarters and two-year periods count from the anchor too', () => {
    expect(ends({ startAt: '2025-11-30T00:00:00Z', intervalCount: 3 }, 2)).toEqual([
      '2026-02-28T00:00Z',
      '2026-05-30T00:00Z',
    ]);
    expect(ends({ interval: 'year', intervalCount: 2 }, 2)).toEqual(['2028-01-31T09:00Z', '2030-01-31T09:00Z']);
  });

  test('the day is the partner’s: 31 Jan 23:30 in New York ends on 28 Feb there', () => {
    expect(ends({ startAt: '2026-02-01T04:30:00Z', timeZone: 'America/New_York' }, 2)).toEqual([
      '2026-03-01T04:30Z',
      '2026-04-01T03:30Z',
    ]);
  });
});

describe('weeks and days', () => {
  test('are calendar days: two weeks over the change of clocks are an hour short', () => {
    expect(
      ends({ startAt: '2026-03-20T08:00:00Z', timeZone: 'Europe/Berlin', interval: 'week', intervalCount: 2 }, 2),
    ).toEqual(['2026-04-03T07:00Z', '2026-04-17T07:00Z']);
    expect(ends({ interval: 'day', intervalCount: 10 }, 1)).toEqual(['2026-02-10T09:00Z']);
  });
});

describe('changes of the clocks', () => {
  test('a boundary keeps its local time', () => {
    expect(ends({ startAt: '2026-02-15T08:00:00Z', timeZone: 'Europe/Berlin' }, 3)).toEqual([
      '2026-03-15T08:00Z',
      '2026-04-15T07:00Z',
      '2026-05-15T07:00Z',
    ]);
  });

  test('02:30 that does not exist becomes 03:30, on that day only', () => {
    // Berlin jumps from 02:00 to 03:00 on 29 March 2026.
    expect(ends({ startAt: '2026-03-28T01:30:00Z', timeZone: 'Europe/Berlin', interval: 'day' }, 2)).toEqual([
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ]);
  });

  test('02:30 that comes twice is its first occurrence', () => {
    // Berlin repeats 02:00–03:00 on 25 October 2026; the first 02:30 is 00:30 UTC.
    expect(ends({ startAt: '2026-10-24T00:30:00Z', timeZone: 'Europe/Berlin', interval: 'day' }, 2)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]);
  });

  test('02:10 at Lord Howe, where clocks jump by half an hour, becomes 02:40', () => {
    expect(ends({ startAt: '2026-09-03T15:40:00Z', timeZone: 'Australia/Lord_Howe' }, 2)).toEqual([
      '2026-10-03T15:40Z',
      '2026-11-03T15:10Z',
    ]);
  });
});

test('a day that a zone skips has an empty period', () => {
  const period = billingPeriod({
    schedule: schedule({ startAt: '2011-12-29T20:00:00Z', timeZone: 'Pacific/Apia', interval: 'day' }),
    index: 1,
  });
  expect(period.startAt).toBe(period.endAt);
});

describe('an anchor day', () => {
  test('makes a shorter first period, measured against the full one', () => {
    const first = billingPeriod({ schedule: schedule({ startAt: '2026-01-20T09:00:00Z', anchorDay: 1 }), index: 0 });
    expect(first).toEqual({
      index: 0,
      startAt: '2026-01-20T09:00:00.000Z',
      endAt: '2026-02-01T09:00:00.000Z',
      fullStartAt: '2026-01-01T09:00:00.000Z',
    });
  });

  test('later in the month is reached in the same month, and 31 means the last day', () => {
    expect(ends({ startAt: '2026-02-10T09:00:00Z', anchorDay: 31 }, 3)).toEqual([
      '2026-02-28T09:00Z',
      '2026-03-31T09:00Z',
      '2026-04-30T09:00Z',
    ]);
  });

  test('on the day of the start changes nothing, also by the last day of a short month', () => {
    const first = billingPeriod({ schedule: schedule({ startAt: '2026-02-28T09:00:00Z', anchorDay: 31 }), index: 0 });
    expect([first.fullStartAt, first.endAt]).toEqual(['2026-02-28T09:00:00.000Z', '2026-03-31T09:00:00.000Z']);
  });

  test.each([
    [{ anchorDay: 0 }],
    [{ anchorDay: 32 }],
    [{ anchorDay: 1.5 }],
    [{ anchorDay: 5, interval: 'week' as const }],
  ])('%j is refused', (given) => {
    expect(() => requireSchedule(schedule(given))).toThrow(code('ANCHOR_DAY_INVALID'));
  });
});

describe('start and trial', () => {
  test('a start may lie ten years ahead, never behind', () => {
    const acceptedAt = '2026-01-10T10:00:00.900Z';
    expect(requireStart({ acceptedAt, timeZone: 'UTC' })).toBe('2026-01-10T10:00:00.000Z');
    expect(requireStart({ acceptedAt, startAt: '2026-03-01T00:00:00+01:00', timeZone: 'UTC' })).toBe(
      '2026-02-28T23:00:00.000Z',
    );
    expect(() => requireStart({ acceptedAt, startAt: '2026-01-10T09:59:59Z', timeZone: 'UTC' })).toThrow(
      code('START_IN_PAST'),
    );
    expect(requireStart({ acceptedAt, startAt: '2036-01-10T10:00:00Z', timeZone: 'UTC' })).toBe(
      '2036-01-10T10:00:00.000Z',
    );
    expect(() => requireStart({ acceptedAt, startAt: '2036-01-10T10:00:01Z', timeZone: 'UTC' })).toThrow(
      code('INSTANT_TOO_LATE'),
    );
    expect(() => requireStart({ acceptedAt, startAt: 'tomorrow', timeZone: 'UTC' })).toThrow(code('INSTANT_INVALID'));
  });

  test('a trial ends at the same local time, and is announced three days ahead or at its start', () => {
    const trial = { startAt: '2026-03-20T08:00:00Z', trialDays: 14, timeZone: 'Europe/Berlin' };
    expect(trialEndAt(trial)).toBe('2026-04-03T07:00:00.000Z');
    expect(trialNoticeAt(trial)).toBe('2026-03-31T07:00:00.000Z');
    expect(trialNoticeAt({ ...trial, trialDays: 2 })).toBe('2026-03-20T08:00:00.000Z');
  });

  test('an unknown time zone is named', () => {
    expect(() => requireSchedule(schedule({ timeZone: 'Mars/Olympus' }))).toThrow(code('TIME_ZONE_UNKNOWN'));
  });
});

describe('for any schedule', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Africa/Casablanca',
    'America/St_Johns',
  ];
  const anySchedule = fc
    .record({
      startAt: fc
        .date({ min: new Date('2013-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      timeZone: fc.constantFrom(...zones),
      interval: fc.constantFrom('day', 'week', 'month', 'year'),
      intervalCount: fc.integer({ min: 1, max: 3 }),
      day: fc.option(fc.integer({ min: 1, max: 31 })),
    })
    .map(({ day, ...rest }): BillingSchedule => ({
      ...rest,
      anchorDay: rest.interval === 'month' || rest.interval === 'year' ? day : null,
    }));

  test('periods join without gap or overlap, and each instant is found in its period', () => {
    const property = fc.property(
      anySchedule,
      fc.nat({ max: 400 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (given, index, inside) => {
        const checked = requireSchedule(given);
        const period = billingPeriod({ schedule: checked, index });
        const [startMs, endMs] = [Date.parse(period.startAt), Date.parse(period.endAt)];
        expect(endMs).toBeGreaterThan(startMs);
        expect(Date.parse(period.fullStartAt)).toBeLessThanOrEqual(startMs);
        expect(billingPeriod({ schedule: checked, index: index + 1 }).startAt).toBe(period.endAt);
        const at = new Date(startMs + Math.floor((endMs - startMs) * inside)).toISOString();
        expect(billingPeriodAt({ schedule: checked, at })).toEqual(period);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
