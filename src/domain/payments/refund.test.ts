import * as fc from 'fast-check';
import { moneyOf } from '../money';
import type { CapturedFunds } from './refund';
import { paymentStateOfFunds, refundable, refundTransitions, reserveRefund, settleRefund } from './refund';
import { terminalStates } from '../transitions';

const funds: CapturedFunds = { currency: 'KWD', capturedMinor: 1000, refundedMinor: 0, pendingRefundMinor: 0 };
const code = (expected: string, pointer?: string) =>
  expect.objectContaining({ code: expected, ...(pointer && { pointer }) });

describe('a refund', () => {
  test('reserves the requested amount, or all that is left', () => {
    const first = reserveRefund({ funds, requested: moneyOf(300, 'KWD') });
    expect(refundable(first.funds).amountMinor).toBe(700);
    const rest = reserveRefund({ funds: first.funds });
    expect(rest.amount).toEqual(moneyOf(700, 'KWD'));
    expect(() => reserveRefund({ funds: rest.funds })).toThrow(code('NOTHING_TO_REFUND'));
  });

  test('never takes more than was captured, less finished and pending refunds', () => {
    const reserved = reserveRefund({ funds, requested: moneyOf(300, 'KWD') }).funds;
    expect(() => reserveRefund({ funds: reserved, requested: moneyOf(701, 'KWD') })).toThrow(
      code('REFUND_EXCEEDS_CAPTURED', '/amount/amountMinor'),
    );
    expect(reserveRefund({ funds: reserved, requested: moneyOf(700, 'KWD') }).amount.amountMinor).toBe(700);
  });

  test('that failed frees its reservation and leaves the payment as it was', () => {
    const { amount, funds: reserved } = reserveRefund({ funds });
    const after = settleRefund({ funds: reserved, amount, outcome: 'failed' });
    expect(after).toEqual(funds);
    expect(paymentStateOfFunds(after)).toBe('captured');
  });

  test('refuses zero, another currency, and settling an amount never reserved', () => {
    expect(() => reserveRefund({ funds, requested: moneyOf(1, 'KWD'), stepMinor: 10 })).toThrow(
      code('AMOUNT_NOT_IN_STEPS', '/amount/amountMinor'),
    );
    expect(() => reserveRefund({ funds, requested: { amountMinor: 0, currency: 'KWD' } })).toThrow(
      code('AMOUNT_NOT_POSITIVE'),
    );
    expect(() => reserveRefund({ funds, requested: moneyOf(1, 'EUR') })).toThrow(
      code('CURRENCY_MISMATCH', '/amount/currency'),
    );
    expect(() => settleRefund({ funds, amount: moneyOf(1, 'KWD'), outcome: 'succeeded' })).toThrow(
      code('REFUND_NOT_RESERVED'),
    );
  });

  test('ends once, and may fail after it had succeeded', () => {
    expect(terminalStates(refundTransitions)).toEqual(['failed']);
    expect(refundTransitions.succeeded).toHaveProperty('failed');
  });

  test('refunded and pending amounts stay within the captured amount in any order', () => {
    const request = fc.record({
      minor: fc.integer({ min: 1, max: 1500 }),
      settle: fc.constantFrom('succeeded', 'failed', 'later'),
    });
    const property = fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.array(request, { maxLength: 40 }),
      (capturedMinor, requests) => {
        let now: CapturedFunds = { ...funds, capturedMinor };
        const open: number[] = [];
        let given = 0;
        for (const { minor, settle } of requests) {
          const fits = minor <= capturedMinor - given - open.reduce((sum, each) => sum + each, 0);
          const attempt = () => reserveRefund({ funds: now, requested: moneyOf(minor, 'KWD') });
          if (fits) {
            now = attempt().funds;
            open.push(minor);
          } else {
            expect(attempt).toThrow();
          }
          const first = open[0];
          if (settle !== 'later' && first !== undefined) {
            open.shift();
            if (settle === 'succeeded') given += first;
            now = settleRefund({ funds: now, amount: moneyOf(first, 'KWD'), outcome: settle });
          }
          expect(now.refundedMinor).toBe(given);
          expect(now.refundedMinor + now.pendingRefundMinor).toBeLessThanOrEqual(capturedMinor);
          expect(paymentStateOfFunds(now)).toBe(
            given === 0 ? 'captured' : given === capturedMinor ? 'refunded' : 'partially_refunded',
          );
        }
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
