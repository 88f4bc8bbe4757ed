import * as fc from 'fast-check';
import { DomainError } from '../../domain-error';
import { planIntervals, type PlanInterval } from '../plan';
import { subscriptionStates } from '../subscription';
import { monthlyValue, mrrOf } from './monthly-value';

const itemOf = (amountMinor: number, interval: PlanInterval, intervalCount = 1, quantity = 1, currency = 'EUR') => ({
  planId: 'pln_1',
  plan: { name: 'Pro', amount: { amountMinor, currency }, interval, intervalCount, trialDays: 0 },
  quantity,
});
const valueOf = (...terms: Parameters<typeof itemOf>) => monthlyValue(itemOf(...terms)).amountMinor;

describe('the monthly value', () => {
  it.each<[string, Parameters<typeof itemOf>, number]>([
    ['a month is a month', [1000, 'month'], 1000],
    ['the quantity counts', [1000, 'month', 1, 3], 3000],
    ['a quarter is divided by three', [1000, 'month', 3], 333],
    ['a half is rounded up', [1001, 'month', 2], 501],
    ['less than a half is rounded down', [1000, 'month', 7], 143],
    ['a year is divided by twelve', [12_000, 'year'], 1000],
    ['12 months are a year', [12_000, 'month', 12], 1000],
    ['three years are divided by 36', [36_018, 'year', 3], 1001],
    ['a day is 365 days in 12 months', [100, 'day'], 3042],
    ['a week is 7 days', [700, 'week'], 3042],
    ['7 days are a week', [700, 'day', 7], 3042],
    ['the product is rounded, not the price of one', [1, 'year', 1, 18], 2],
    ['yen have no decimals', [5, 'year', 1, 1, 'JPY'], 0],
    ['dinars have three', [12_345, 'year', 1, 1, 'KWD'], 1029],
  ])('%s', (_what, terms, expected) => {
    expect(valueOf(...terms)).toBe(expected);
    expect(monthlyValue(itemOf(...terms)).currency).toBe(terms[4] ?? 'EUR');
  });

  it('of the same time is the same in every interval, for any price', () => {
    const price = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(price, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 156 }), (minor, years, weeks) => {
        expect(valueOf(minor, 'year', years)).toBe(valueOf(minor, 'month', 12 * years));
        expect(valueOf(minor, 'week', weeks)).toBe(valueOf(minor, 'day', 7 * weeks));
        expect(valueOf(minor, 'day', 365)).toBe(valueOf(minor, 'year'));
      }),
    );
  });

  it('is off by at most half a minor unit, a half upwards', () => {
    const interval = fc.constantFrom(...planIntervals);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), interval, fc.integer({ min: 1, max: 36 }), (minor, unit, n) => {
        const days = { day: 1, week: 7, month: 365 / 12, year: 365 }[unit];
        const exact = (minor * 365) / (12 * days * n);
        expect(Math.abs(valueOf(minor, unit, n) - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
    );
  });

  it('of a price at the limit is the largest exact amount: no step fails for it', () => {
    expect(valueOf(Number.MAX_SAFE_INTEGER, 'day')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => valueOf(Number.MAX_SAFE_INTEGER, 'day', 1, 2)).toThrow(DomainError);
  });
});

describe('what counts', () => {
  const paidUntil = new Date('2026-12-01T00:00:00Z');
  it('is what was paid once and is active or past due', () => {
    const paid = subscriptionStates.filter((state) => mrrOf({ state, paidUntil, item: itemOf(1000, 'month') }) > 0);
    expect(paid).toEqual(['active', 'past_due']);
  });

  it('is nothing before the first payment, such as past due after a trial', () => {
    for (const state of subscriptionStates)
      expect(mrrOf({ state, paidUntil: null, item: itemOf(1000, 'month') })).toBe(0);
  });
});
