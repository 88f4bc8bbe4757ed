import * as fc from 'fast-check';
import { billingPeriod, requireSchedule, type BillingSchedule } from './billing-period';
import { continueSchedule, type ContinueScheduleInput } from './continue-schedule';
import type { PlanItem } from '../plan';
import { billNextPeriod, changePlan } from '../plan-change';

const schedule = (given: Partial<BillingSchedule> = {}): BillingSchedule => ({
  startAt: '2027-01-31T00:00:00Z',
  timeZone: 'UTC',
  interval: 'month',
  intervalCount: 1,
  ...given,
});
const endsOf = (continued: BillingSchedule, count = 1) =>
  Array.from({ length: count }, (_, index) => billingPeriod({ schedule: continued, index }).endAt.slice(0, 16));
const ends = (input: ContinueScheduleInput, count?: number) => endsOf(continueSchedule(input), count);

describe('a schedule that continues another at its boundary', () => {
  test.each<[string, BillingSchedule, Omit<ContinueScheduleInput, 'schedule'>, string[]]>([
    [
      'a quarter after 31 Jan, from 28 Feb, ends on 31 May',
      schedule(),
      { startAt: '2027-02-28T00:00:00Z', intervalCount: 3 },
      ['2027-05-31T00:00', '2027-08-31T00:00', '2027-11-30T00:00'],
    ],
    [
      'an ordered anchor day 31 is kept',
      schedule({ startAt: '2027-01-10T00:00:00Z', anchorDay: 31 }),
      { startAt: '2027-02-28T00:00:00Z', intervalCount: 3 },
      ['2027-05-31T00:00', '2027-08-31T00:00'],
    ],
    [
      'a year after 31 Jan, from 28 Feb, ends on 29 Feb of a leap year',
      schedule(),
      { startAt: '2027-02-28T00:00:00Z', interval: 'year' },
      ['2028-02-29T00:00', '2029-02-28T00:00'],
    ],
    [
      'months after years from 29 Feb return to the 29th',
      schedule({ startAt: '2028-02-29T00:00:00Z', interval: 'year' }),
      { startAt: '2029-02-28T00:00:00Z', interval: 'month' },
      ['2029-03-29T00:00', '2029-04-29T00:00'],
    ],
    [
      'the end of the paid time, at which a pause ends, keeps the anchor',
      schedule(),
      { startAt: '2027-02-28T00:00:00Z' },
      ['2027-03-31T00:00', '2027-04-30T00:00'],
    ],
    [
      'a pause that ends on a later boundary keeps the anchor',
      schedule(),
      { startAt: '2027-04-30T00:00:00Z' },
      ['2027-05-31T00:00'],
    ],
    [
      'a pause that ends later on the day of a boundary keeps the day, and takes its own time',
      schedule(),
      { startAt: '2027-02-28T10:00:00Z' },
      ['2027-03-31T10:00', '2027-04-30T10:00'],
    ],
  ])('%s', (_what, before, input, expected) => {
    expect(ends({ schedule: before, ...input }, expected.length)).toEqual(expected);
  });

  test('keeps the local time that the change of clocks moved on that day', () => {
    // 02:30 does not exist in Berlin on 28 March 2027: that boundary is 03:30 there, 01:30 UTC.
    const before = schedule({ startAt: '2027-02-28T01:30:00Z', timeZone: 'Europe/Berlin' });
    expect(ends({ schedule: before, startAt: '2027-03-28T01:30:00Z', interval: 'week' }, 2)).toEqual([
      '2027-04-04T00:30',
      '2027-04-11T00:30',
    ]);
  });

  test('is anchored twice without losing the anchor', () => {
    const quarters = continueSchedule({ schedule: schedule(), startAt: '2027-02-28T00:00:00Z', intervalCount: 3 });
    expect(ends({ schedule: quarters, startAt: '2027-11-30T00:00:00Z', intervalCount: 1 }, 2)).toEqual([
      '2027-12-31T00:00',
      '2028-01-31T00:00',
    ]);
  });
});

test('a change of plan at the end of the period keeps the anchor, within a period the change is the anchor', () => {
  const terms = { name: 'A', amount: { amountMinor: 1000, currency: 'EUR' }, interval: 'month', trialDays: 0 } as const;
  const [a, q3] = [1, 3].map((intervalCount) => ({
    planId: `plan_${intervalCount}`,
    plan: { ...terms, intervalCount },
    quantity: 1,
  })) as [PlanItem, PlanItem];
  const period = billingPeriod({ schedule: schedule(), index: 0 });
  const creditBalance = { amountMinor: 0, currency: 'EUR' };
  const paid = { amountMinor: 1000, currency: 'EUR' };
  const standing = { item: a, schedule: schedule(), period, nextPeriodAt: period.endAt, stepMinor: 1, creditBalance };
  expect(billNextPeriod({ standing, change: q3 }).period).toMatchObject({
    startAt: '2027-02-28T00:00:00.000Z',
    endAt: '2027-05-31T00:00:00.000Z',
  });
  const now = changePlan({ when: 'now', at: '2027-02-28T00:00:00.000Z', standing, next: q3, paid });
  expect(now.period?.endAt).toBe('2027-05-31T00:00:00.000Z');
  const earlier = changePlan({ when: 'now', at: '2027-02-27T08:00:00.000Z', standing, next: q3, paid });
  expect(earlier.period?.endAt).toBe('2027-05-27T08:00:00.000Z');
});

test('on any other day the new start is the anchor', () => {
  expect(ends({ schedule: schedule({ anchorDay: 31 }), startAt: '2027-03-28T00:00:00Z' })).toEqual([
    '2027-04-28T00:00',
  ]);
  // 28 February is no boundary of quarters from 31 January.
  expect(ends({ schedule: schedule({ intervalCount: 3 }), startAt: '2027-02-28T00:00:00Z' })).toEqual([
    '2027-05-28T00:00',
  ]);
});

test('weeks have no anchor day to keep', () => {
  const weeks = continueSchedule({ schedule: schedule(), startAt: '2027-02-28T00:00:00Z', interval: 'week' });
  expect(endsOf(weeks)).toEqual(['2027-03-07T00:00']);
  expect(ends({ schedule: weeks, startAt: '2027-03-07T00:00:00Z', interval: 'month' })).toEqual(['2027-04-07T00:00']);
});

test('a schedule continued at any of its boundaries has the same later boundaries', () => {
  const anySchedule = fc.record({
    startAt: fc
      .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2036-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
    interval: fc.constantFrom('day', 'week', 'month', 'year'),
    intervalCount: fc.integer({ min: 1, max: 3 }),
  });
  const property = fc.property(anySchedule, fc.nat({ max: 60 }), fc.nat({ max: 12 }), (given, index, later) => {
    const before = requireSchedule(given);
    const { startAt } = billingPeriod({ schedule: before, index });
    const after = continueSchedule({ schedule: before, startAt });
    expect(billingPeriod({ schedule: after, index: later }).endAt).toBe(
      billingPeriod({ schedule: before, index: index + later }).endAt,
    );
  });
  fc.assert(property, { numRuns: 300 });
});
