import * as fc from 'fast-check';
import type { BillingPeriod } from './billing/billing-period';
import {
  amountDue,
  amountPaid,
  creditAfterVoid,
  draftInvoice,
  invoiceForPeriod,
  invoiceForPlanChange,
  invoiceTransitions,
} from './invoice';
import { addMoney, moneyOf, zeroMoney } from '../money';
import { priceOf, type PlanItem, type PlanTerms } from './plan';
import { terminalStates } from '../transitions';

const code = (expected: string, pointer?: string) =>
  expect.objectContaining({ code: expected, ...(pointer && { pointer }) });
const june: BillingPeriod = {
  index: 5,
  startAt: '2026-06-01T00:00:00.000Z',
  endAt: '2026-07-01T00:00:00.000Z',
  fullStartAt: '2026-06-01T00:00:00.000Z',
};
const middle = '2026-06-16T00:00:00.000Z';
const item = (name: string, amountMinor: number, given: Partial<PlanTerms> & { quantity?: number } = {}): PlanItem => {
  const { quantity = 1, ...terms } = given;
  const plan = {
    name,
    amount: moneyOf(amountMinor, 'EUR'),
    interval: 'month' as const,
    intervalCount: 1,
    trialDays: 0,
    ...terms,
  };
  return { planId: `plan_${name}`, quantity, plan };
};
const none = zeroMoney('EUR');
const change = {
  stepMinor: 1,
  when: 'now',
  at: middle,
  period: june,
  nextPeriod: null,
  creditBalance: none,
  paid: moneyOf(1e15, 'EUR'),
} as const;

describe('a change of plan', () => {
  test('now, to a dearer plan: unused time is credited, remaining time charged', () => {
    const { lines, total, creditBalance } = invoiceForPlanChange({
      ...change,
      current: item('Basic', 1000),
      next: item('Pro', 3000, { quantity: 2 }),
    });
    expect(lines).toEqual([
      {
        kind: 'unused',
        description: 'Unused time: Basic',
        planId: 'plan_Basic',
        quantity: 1,
        amount: moneyOf(-500, 'EUR'),
        startAt: middle,
        endAt: june.endAt,
      },
      {
        kind: 'remaining',
        description: 'Remaining time: 2 × Pro',
        planId: 'plan_Pro',
        quantity: 2,
        amount: moneyOf(3000, 'EUR'),
        startAt: middle,
        endAt: june.endAt,
      },
    ]);
    expect([total.amountMinor, creditBalance.amountMinor]).toEqual([2500, 0]);
  });

  test('now, to a cheaper one: nothing is charged, and the credit pays for later invoices', () => {
    const down = invoiceForPlanChange({ ...change, current: item('Pro', 3000), next: item('Basic', 1000) });
    expect([down.subtotal.amountMinor, down.total.amountMinor, down.creditBalance.amountMinor]).toEqual([
      -1000, 0, 1000,
    ]);
    const renewal = invoiceForPeriod({
      stepMinor: 1,
      item: item('Basic', 1500),
      period: june,
      creditBalance: down.creditBalance,
    });
    expect([renewal.creditApplied.amountMinor, renewal.total.amountMinor, renewal.creditBalance.amountMinor]).toEqual([
      1000, 500, 0,
    ]);
  });

  test('now, to another interval: the new one is charged in full for its own period', () => {
    const year: BillingPeriod = { index: 0, startAt: middle, endAt: '2027-06-16T00:00:00.000Z', fullStartAt: middle };
    const input = { ...change, current: item('Basic', 1000), next: item('Year', 10_000, { interval: 'year' }) };
    const { lines, total } = invoiceForPlanChange({ ...input, nextPeriod: year });
    expect(lines.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['unused', -500],
      ['period', 10_000],
    ]);
    expect(total.amountMinor).toBe(9500);
    expect(() => invoiceForPlanChange(input)).toThrow(code('PERIOD_MISSING'));
  });

  test('now, within a second: lines begin with that second, as the next period does', () => {
    const at = middle.replace('00.000Z', '00.700Z');
    const sameInterval = invoiceForPlanChange({ ...change, at, current: item('Basic', 1000), next: item('Pro', 3000) });
    expect(sameInterval.lines.map(({ startAt }) => startAt)).toEqual([middle, middle]);
    const year: BillingPeriod = { index: 0, startAt: middle, endAt: '2027-06-16T00:00:00.000Z', fullStartAt: middle };
    const another = invoiceForPlanChange({
      ...change,
      at,
      current: item('Basic', 1000),
      next: item('Year', 10_000, { interval: 'year' }),
      nextPeriod: year,
    });
    expect(another.lines.map(({ startAt }) => startAt)).toEqual([middle, middle]);
  });

  test('at the period’s end: the next period, by the next plan', () => {
    const july = { ...june, index: 6, startAt: june.endAt, endAt: '2026-08-01T00:00:00.000Z', fullStartAt: june.endAt };
    const { lines, total } = invoiceForPlanChange({
      ...change,
      when: 'period_end',
      current: item('Basic', 1000),
      next: item('Pro', 3000),
      nextPeriod: july,
    });
    expect(lines).toMatchObject([{ kind: 'period', startAt: june.endAt }]);
    expect(total.amountMinor).toBe(3000);
  });

  test('now, in a trial: costs nothing', () => {
    expect(
      invoiceForPlanChange({ ...change, period: null, current: item('Basic', 1000), next: item('Pro', 3000) }),
    ).toMatchObject({ lines: [], total: none });
  });

  test('to another currency, or to the present plan, is refused', () => {
    expect(() =>
      invoiceForPlanChange({ ...change, current: item('A', 1), next: item('B', 1, { amount: moneyOf(1, 'JPY') }) }),
    ).toThrow(code('PLAN_CURRENCY_DIFFERS', '/planId'));
    expect(() => invoiceForPlanChange({ ...change, current: item('A', 1), next: item('A', 1) })).toThrow(
      code('NOTHING_TO_CHANGE'),
    );
  });

  test('up and down again at the same instant costs 0 and leaves no credit', () => {
    const property = fc.property(
      fc.nat({ max: 1e9 }),
      fc.nat({ max: 1e9 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.nat({ max: 30 * 86_400 }),
      fc.constantFrom('JPY', 'EUR', 'KWD'),
      fc.constantFrom(1, 10, 100),
      (low, high, few, many, second, currency, stepMinor) => {
        const at = new Date(Date.parse(june.startAt) + second * 1000).toISOString();
        const a = item('A', 1, { amount: moneyOf((low + 1) * stepMinor, currency), quantity: few });
        const b = item('B', 1, { amount: moneyOf((high + 1) * stepMinor, currency), quantity: many });
        const up = invoiceForPlanChange({
          ...change,
          stepMinor,
          at,
          current: a,
          next: b,
          creditBalance: zeroMoney(currency),
          paid: priceOf(a),
        });
        const down = invoiceForPlanChange({
          ...change,
          stepMinor,
          at,
          current: b,
          next: a,
          creditBalance: up.creditBalance,
          paid: priceOf(b),
        });
        expect(addMoney(up.subtotal, down.subtotal).amountMinor).toBe(0);
        // The amount paid equals the credit left, once both changes are made.
        expect(addMoney(up.total, down.total)).toEqual(down.creditBalance);
        for (const { total, creditBalance } of [up, down])
          expect([total.amountMinor % stepMinor, creditBalance.amountMinor % stepMinor]).toEqual([0, 0]);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

describe('an invoice', () => {
  test('voided returns the credit it used and takes the credit it gave', () => {
    for (const amountMinor of [300, -300]) {
      const creditBalance = moneyOf(500, 'EUR');
      const draft = draftInvoice({
        creditBalance,
        lines: [
          {
            kind: 'unused',
            description: '',
            planId: 'p',
            quantity: 1,
            amount: moneyOf(amountMinor, 'EUR'),
            startAt: middle,
            endAt: middle,
          },
        ],
      });
      expect(creditAfterVoid({ creditBalance: draft.creditBalance, draft })).toEqual(creditBalance);
    }
  });

  test('is paid by the amounts of its attempts, and owes the rest until it is paid or voided', () => {
    const total = moneyOf(1000, 'EUR');
    const attempts = [{ state: 'paid', paidMinor: 600 }, { state: 'failed' }, { state: 'pending' }] as const;
    expect(amountPaid({ total, attempts })).toEqual(moneyOf(600, 'EUR'));
    for (const state of ['draft', 'open', 'uncollectible'] as const)
      expect(amountDue({ state, total, attempts })).toEqual(moneyOf(400, 'EUR'));
    for (const state of ['paid', 'void'] as const) expect(amountDue({ state, total, attempts })).toEqual(none);
    // An attempt from before attempts recorded their amount.
    expect(amountPaid({ total, attempts: [{ state: 'paid' }] })).toEqual(total);
  });

  test('ends paid or void; an uncollectible one can still be paid', () => {
    expect(terminalStates(invoiceTransitions)).toEqual(['paid', 'void']);
  });
});
