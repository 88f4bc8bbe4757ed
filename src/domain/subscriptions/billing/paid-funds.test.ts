import * as fc from 'fast-check';
import type { BillingPeriod } from './billing-period';
import { planEndRefund } from '../end-refund';
import { invoiceForPeriod, invoiceForPlanChange, type InvoiceDraft } from '../invoice';
import { moneyOf, zeroMoney } from '../../money';
import { paidAndNotRefunded, paidFundsOf, type FundingInvoice } from './paid-funds';
import type { PlanItem } from '../plan';
import { partialPrice, unusedTime } from './proration';

const eur = (amountMinor: number) => moneyOf(amountMinor, 'EUR');
const none = zeroMoney('EUR');
const sum = (amounts: number[]) => amounts.reduce((a, b) => a + b, 0);
const item = (planId: string, amountMinor: number, interval: 'month' | 'year'): PlanItem => ({
  planId,
  quantity: 1,
  plan: { name: planId, amount: eur(amountMinor), interval, intervalCount: 1, trialDays: 0 },
});
const A = item('A', 1000, 'month');
const B = item('B', 3000, 'month');
const C = item('C', 7000, 'month');
const Y = item('Y', 12_000, 'year');
const half = '2027-01-16T12:00:00.000Z';
const periodOf = (startAt: string, endAt: string): BillingPeriod => ({
  index: 0,
  startAt,
  endAt,
  fullStartAt: startAt,
});
const january = periodOf('2027-01-01T00:00:00.000Z', '2027-02-01T00:00:00.000Z');
const year = periodOf('2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z');
const fromHalf = periodOf(half, '2027-02-16T12:00:00.000Z');

/** A customer who pays every invoice; `refunded` holds the amounts that were refunded manually, by payment. */
const customer = () => {
  const invoices: FundingInvoice[] = [];
  const refunded: Record<string, number> = {};
  let credit = none;
  const pay = (paymentId: string, { lines, total, creditApplied, creditBalance }: InvoiceDraft) => {
    credit = creditBalance;
    const isPaid = total.amountMinor > 0;
    invoices.push({ lines, total, creditApplied, attempts: isPaid ? [{ paymentId, state: 'paid' }] : [] });
    return [credit.amountMinor, total.amountMinor];
  };
  const left = () =>
    new Map(
      invoices.flatMap(({ attempts, total }) =>
        attempts.map(({ paymentId }) => [paymentId, total.amountMinor - (refunded[paymentId] ?? 0)] as const),
      ),
    );
  const paid = () => paidAndNotRefunded(paidFundsOf(invoices), left(), 'EUR');
  return {
    refunded,
    subscribe: (paymentId: string, to: PlanItem, period: BillingPeriod) =>
      pay(paymentId, invoiceForPeriod({ item: to, period, stepMinor: 1, creditBalance: credit })),
    /** Returns the credit afterwards, and the amount charged. */
    change: (paymentId: string, [current, period]: [PlanItem, BillingPeriod], next: PlanItem, at: string) => {
      const nextPeriod = fromHalf;
      const now = { when: 'now', at, stepMinor: 1, creditBalance: credit, nextPeriod } as const;
      return pay(paymentId, invoiceForPlanChange({ ...now, current, period, next, paid: paid() }));
    },
    /** Returns the refunds by payment, and the amount that stays owed. */
    end: (unused?: { price: number; period: BillingPeriod; at: string }): [Record<string, number>, number] => {
      const time = unused && { ...unused, price: eur(unused.price), stepMinor: 1, paid: paid() };
      const { refunds, owed } = planEndRefund({
        unused: time ? unusedTime(time) : none,
        credit,
        funds: paidFundsOf(invoices),
        left: left(),
      });
      return [
        Object.fromEntries(refunds.map(({ paymentId, amount }) => [paymentId, amount.amountMinor])),
        owed.amountMinor,
      ];
    },
  };
};
const yearly = () => {
  const ada = customer();
  ada.subscribe('y', Y, year);
  return ada;
};

describe('unused time', () => {
  test.each([
    ['nothing was refunded', 0, [10_490, 0]],
    ['6000 was refunded', 6000, [5000, 0]],
    ['all was refunded', 12_000, [0, 1000]],
    ['a little was refunded', 500, [10_490, 0]],
  ])('from a year to a month at half, where %s: a credit of what is left', (_case, refundedMinor, expected) => {
    const ada = yearly();
    ada.refunded.y = refundedMinor;
    expect(ada.change('a', [Y, year], A, half)).toEqual(expected);
  });

  test.each([
    ['nothing was refunded', 0, { a: 500 }],
    ['a part was refunded', 700, { a: 300 }],
    ['all was refunded', 1000, {}],
  ])('of a cancel at half, where %s, is bounded like that of a change', (_case, refundedMinor, refunds) => {
    const ada = customer();
    ada.subscribe('a', A, january);
    ada.refunded.a = refundedMinor;
    expect(ada.end({ price: 1000, period: january, at: half })).toEqual([refunds, 0]);
  });

  test('is worth nothing where its own payment was refunded, whatever earlier payments have left', () => {
    const ada = customer();
    ada.subscribe('a', A, january);
    ada.subscribe('b', A, periodOf(january.endAt, '2027-03-01T00:00:00.000Z'));
    ada.refunded.b = 1000;
    const february = periodOf(january.endAt, '2027-03-01T00:00:00.000Z');
    expect(ada.end({ price: 1000, period: february, at: '2027-02-15T00:00:00.000Z' })).toEqual([{}, 0]);
  });

  test('does not count the money of the credit a second time', () => {
    const ada = yearly();
    ada.change('-', [Y, year], A, half);
    ada.refunded.y = 1000;
    // 11000 is left for a credit of 10490 and half of a month that cost 1000.
    expect(ada.end({ price: 1000, period: fromHalf, at: '2027-02-01T00:00:00.000Z' })).toEqual([{ y: 10_990 }, 0]);
    ada.refunded.y = 1400;
    expect(ada.end({ price: 1000, period: fromHalf, at: '2027-02-01T00:00:00.000Z' })).toEqual([{ y: 10_600 }, 0]);
  });

  test('of time that a dearer plan was charged for belongs to both payments', () => {
    const ada = customer();
    ada.subscribe('a', A, january);
    expect(ada.change('b', [A, january], B, half)).toEqual([0, 1000]);
    const unused = { price: 3000, period: january, at: half };
    expect(ada.end(unused)).toEqual([{ b: 1000, a: 500 }, 0]);
    ada.refunded.b = 1000;
    expect(ada.end(unused)).toEqual([{ a: 500 }, 0]);
  });
});

describe('the end of a subscription', () => {
  test('refunds the credit from the payment that it came from', () => {
    const ada = yearly();
    ada.change('-', [Y, year], A, half);
    expect(ada.end()).toEqual([{ y: 10_490 }, 0]);
  });

  test('refunds the rest of a credit that later periods have used', () => {
    const ada = yearly();
    ada.change('-', [Y, year], A, half);
    ada.subscribe('-', A, periodOf(fromHalf.endAt, '2027-03-16T12:00:00.000Z'));
    expect(ada.end()).toEqual([{ y: 9490 }, 0]);
  });

  test('still owes the credit that its payment cannot refund any more', () => {
    const ada = yearly();
    ada.change('-', [Y, year], A, half);
    ada.refunded.y = 6000;
    expect(ada.end()).toEqual([{ y: 6000 }, 4490]);
    ada.refunded.y = 12_000;
    expect(ada.end()).toEqual([{}, 10_490]);
  });

  test('refunds exactly the part of all payments that no used time has cost, from each at most what it paid', () => {
    const property = fc.property(
      fc.array(fc.record({ next: fc.constantFrom(A, B, C), second: fc.nat({ max: 86_399 }) }), { maxLength: 9 }),
      (changes) => {
        const ada = customer();
        const charged = new Map([['0', ada.subscribe('0', A, january)[1] ?? 0]]);
        let [current, since, usedMinor] = [A, january.startAt, 0];
        const use = (to: string) => {
          const used = { price: current.plan.amount, stepMinor: 1, period: january, from: since, to };
          usedMinor += partialPrice(used).amountMinor;
          since = to;
        };
        changes.forEach(({ next, second }, day) => {
          if (next === current) return;
          const at = new Date(Date.parse(january.startAt) + day * 86_400_000 + second * 1000).toISOString();
          charged.set(`${day + 1}`, ada.change(`${day + 1}`, [current, january], next, at)[1] ?? 0);
          use(at);
          current = next;
        });
        use(half);
        const [refunds, owed] = ada.end({ price: current.plan.amount.amountMinor, period: january, at: half });
        const refundedMinor = sum(Object.values(refunds));
        expect([usedMinor + refundedMinor, owed]).toEqual([sum([...charged.values()]), 0]);
        for (const [paymentId, minor] of Object.entries(refunds))
          expect(minor).toBeLessThanOrEqual(charged.get(paymentId) ?? 0);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
