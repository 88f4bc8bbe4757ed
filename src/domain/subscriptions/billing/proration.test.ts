import * as fc from 'fast-check';
import type { BillingPeriod } from './billing-period';
import { moneyOf, sumMoney, zeroMoney } from '../../money';
import { partialPrice, periodPrice, unusedPrice } from './proration';

const code = (expected: string) => expect.objectContaining({ code: expected });
const june: BillingPeriod = {
  index: 5,
  startAt: '2026-06-01T00:00:00.000Z',
  endAt: '2026-07-01T00:00:00.000Z',
  fullStartAt: '2026-06-01T00:00:00.000Z',
};
const middle = '2026-06-16T00:00:00.000Z';
const none = zeroMoney('EUR');

describe('proration', () => {
  test('half of the period is half of the price, to the second', () => {
    expect(unusedPrice({ stepMinor: 1, price: moneyOf(3000, 'EUR'), period: june, at: middle }).amountMinor).toBe(1500);
    expect(
      unusedPrice({ stepMinor: 1, price: moneyOf(30 * 86_400, 'EUR'), period: june, at: '2026-06-01T00:00:01.999Z' })
        .amountMinor,
    ).toBe(30 * 86_400 - 1);
  });

  test('before the period all is unused, after it nothing', () => {
    const price = moneyOf(999, 'KWD');
    expect(unusedPrice({ stepMinor: 1, price, period: june, at: '2026-01-01T00:00:00Z' })).toEqual(price);
    expect(unusedPrice({ stepMinor: 1, price, period: june, at: '2026-07-01T00:00:00Z' }).amountMinor).toBe(0);
  });

  test('a shorter first period costs its part of the full one', () => {
    expect(
      periodPrice({ stepMinor: 1, price: moneyOf(3000, 'JPY'), period: { ...june, startAt: '2026-06-21T00:00:00Z' } })
        .amountMinor,
    ).toBe(1000);
  });

  test('a gateway that accepts tens gets parts in tens; another price is split to the unit', () => {
    expect(unusedPrice({ stepMinor: 10, price: moneyOf(1010, 'KWD'), period: june, at: middle }).amountMinor).toBe(500);
    expect(unusedPrice({ stepMinor: 10, price: moneyOf(1013, 'KWD'), period: june, at: middle }).amountMinor).toBe(506);
  });

  test('a period without length is refused, not divided by', () => {
    expect(() =>
      unusedPrice({ stepMinor: 1, price: none, period: { fullStartAt: june.endAt, endAt: june.endAt }, at: middle }),
    ).toThrow(code('PERIOD_EMPTY'));
  });

  test('the parts of a period add up to its price, however it is cut and whatever the currency', () => {
    const instants = fc.array(fc.integer({ min: Date.parse(june.startAt), max: Date.parse(june.endAt) - 1 }), {
      maxLength: 12,
    });
    const property = fc.property(
      fc.maxSafeInteger(),
      fc.constantFrom('JPY', 'EUR', 'KWD', 'CLF'),
      fc.constantFrom(1, 10, 100),
      instants,
      (units, currency, stepMinor, cuts) => {
        const amountMinor = Math.trunc(units / stepMinor) * stepMinor;
        const price = moneyOf(amountMinor, currency);
        const edges = [june.startAt, ...cuts.sort((a, b) => a - b).map((ms) => new Date(ms).toISOString()), june.endAt];
        const parts = edges
          .slice(1)
          .map((to, index) => partialPrice({ stepMinor, price, period: june, from: edges[index] ?? '', to }));
        expect(sumMoney(parts, currency)).toEqual(price);
        for (const part of parts) expect(part.amountMinor * Math.sign(amountMinor)).toBeGreaterThanOrEqual(0);
        expect(parts.filter((part) => part.amountMinor % stepMinor !== 0)).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
