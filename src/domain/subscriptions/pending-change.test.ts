import { billingPeriod } from './billing/billing-period';
import type { PlanItem, PlanTerms } from './plan';
import { changePlan, type BillingStanding } from './plan-change';
import { changeDeadline, refuseOldPreview, refuseOutdatedPreview } from './pending-change';
import { moneyOf, zeroMoney } from '../money';

const half = '2027-01-16T12:00:00.000Z';
const item = (planId: string, amountMinor: number, interval: PlanTerms['interval']): PlanItem => ({
  planId,
  quantity: 1,
  plan: { name: planId, amount: moneyOf(amountMinor, 'EUR'), interval, intervalCount: 1, trialDays: 0 },
});
const [monthly, yearly, better] = [item('A', 1000, 'month'), item('Y', 12_000, 'year'), item('YB', 24_000, 'year')];
const standing = (of: PlanItem): BillingStanding => {
  const { interval, intervalCount } = of.plan;
  const schedule = { startAt: '2027-01-01T00:00:00.000Z', timeZone: 'UTC', interval, intervalCount };
  const period = billingPeriod({ schedule, index: 0 });
  return {
    item: of,
    schedule,
    period,
    nextPeriodAt: period.endAt,
    stepMinor: 1,
    creditBalance: zeroMoney('EUR'),
  };
};

describe('a change ordered at half of January', () => {
  test.each([
    ['year to a dearer year', yearly, better, 11_491, 0, '2028-01-01T00:00:00.000Z'],
    ['year to month', yearly, monthly, 0, 10_490, '2027-02-16T12:00:00.000Z'],
    ['month to year', monthly, yearly, 11_500, 0, '2028-01-16T12:00:00.000Z'],
  ])('%s: total, credit and the end of its period are fixed then', (_what, from, next, total, credit, endAt) => {
    const billed = changePlan({ when: 'now', at: half, standing: standing(from), next, paid: from.plan.amount });
    expect([billed.draft.total.amountMinor, billed.draft.creditBalance.amountMinor]).toEqual([total, credit]);
    expect(billed.period?.endAt).toBe(endAt);
  });

  test.each(['2027-02-01T00:00:00.000Z', '2027-02-03T09:00:00.000Z'])(
    'once the period is over (%s) it is a change at the end of the period',
    (at) => {
      const billed = changePlan({
        when: 'now',
        at,
        standing: standing(monthly),
        next: yearly,
        paid: monthly.plan.amount,
      });
      expect([billed.when, billed.draft.total.amountMinor]).toEqual(['period_end', 12_000]);
      expect(billed.draft.lines).toMatchObject([{ kind: 'period', startAt: '2027-02-01T00:00:00.000Z' }]);
    },
  );
});

describe('the deadline of an ordered change', () => {
  test.each([
    ['23 hours after the order', '2028-01-01T00:00:00.000Z', '2027-01-17T11:00:00.000Z'],
    ['the end of the period, where that comes first', '2027-01-16T18:00:00.000Z', '2027-01-16T18:00:00.000Z'],
  ])('is %s', (_what, periodEndAt, until) => {
    expect(changeDeadline({ orderedAt: half, periodEndAt })).toBe(until);
  });
});

describe('a preview', () => {
  const period = { startAt: '2027-01-01T00:00:00.000Z', endAt: '2027-02-01T00:00:00.000Z' };

  test.each([
    ['2027-01-16T12:10:00.000Z', null],
    ['2027-01-16T12:10:00.001Z', 'PREVIEW_OUTDATED'],
    ['2027-01-16T11:49:59.999Z', 'PREVIEW_OUTDATED'],
  ])('from 12:00 is ordered at %s: %s', (now, code) => {
    expect(refuseOldPreview({ previewedAt: half, now })?.code ?? null).toBe(code);
  });

  test.each([
    ['in the same period', {}, null],
    ['before a change of plan or period', { pricedAt: '2027-01-16T12:00:00.001Z' }, 'PREVIEW_OUTDATED'],
    ['after the last change', { pricedAt: half }, null],
    ['in an earlier period', { previewedAt: '2026-12-31T23:59:59.999Z' }, 'PREVIEW_OUTDATED'],
    ['in a period that is over now', { now: period.endAt }, 'PREVIEW_OUTDATED'],
    ['of a trial, in which nothing is charged', { period: null }, null],
  ])('%s: %j', (_what, given, code) => {
    const input = { previewedAt: half, now: half, period, pricedAt: null, ...given };
    expect(refuseOutdatedPreview(input)?.code ?? null).toBe(code);
  });
});
