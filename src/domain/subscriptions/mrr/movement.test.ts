import type { SubscriptionState } from '../subscription';
import { kindOfMovement, mrrChangeOf, type CustomerBalance, type MovementKind } from './movement';

const paidUntil = new Date('2026-12-01T00:00:00Z');
const itemOf = (amountMinor: number, planId = 'pln_1') => ({
  planId,
  plan: {
    name: 'Pro',
    amount: { amountMinor, currency: 'EUR' },
    interval: 'month',
    intervalCount: 1,
    trialDays: 0,
  } as const,
  quantity: 1,
});

describe('the kind of a movement', () => {
  type Case = [MovementKind, SubscriptionState, SubscriptionState, [number, number], CustomerBalance, string];
  const nobody = { valueMinor: 0, movements: 0 };
  const gone = { valueMinor: 0, movements: 2 };
  const paying = (valueMinor: number) => ({ valueMinor, movements: 1 });
  it.each<Case>([
    ['new', 'trialing', 'active', [0, 10], nobody, 'the customer has never paid'],
    ['new', 'incomplete', 'active', [0, 10], nobody, 'the first charge is paid late'],
    ['expansion', 'accepted', 'active', [0, 10], paying(10), 'a second subscription of a paying customer'],
    ['reactivation', 'accepted', 'active', [0, 10], gone, 'the customer had paid before'],
    ['reactivation', 'unpaid', 'active', [0, 10], gone, 'an unpaid subscription is paid after all'],
    ['expansion', 'unpaid', 'active', [0, 10], paying(5), 'the customer pays for another one'],
    ['expansion', 'active', 'active', [10, 30], paying(10), 'a better plan'],
    ['contraction', 'active', 'active', [30, 10], paying(30), 'a cheaper plan'],
    ['contraction', 'active', 'cancelled', [10, 0], paying(15), 'one of two is cancelled'],
    ['churn', 'active', 'cancelled', [10, 0], paying(10), 'the only one is cancelled'],
    ['churn', 'past_due', 'unpaid', [10, 0], paying(10), 'the last retry failed'],
    ['paused', 'active', 'paused', [10, 0], paying(10), 'the only one is paused'],
    ['paused', 'active', 'paused', [10, 0], paying(15), 'one of two is paused'],
    ['resumed', 'paused', 'active', [0, 10], gone, 'the only one is resumed'],
    ['resumed', 'paused', 'active', [0, 30], paying(5), 'one of two is resumed with a better plan'],
  ])('is %s from %s to %s %j at %j: %s', (kind, from, to, [beforeMinor, afterMinor], customer) => {
    expect(kindOfMovement({ from, to, wasPaid: true, beforeMinor, afterMinor }, customer)).toBe(kind);
  });

  it('is new for a first payment after a pause within a trial', () => {
    const first = { from: 'paused', to: 'active', wasPaid: false, beforeMinor: 0, afterMinor: 10 } as const;
    expect(kindOfMovement(first, nobody)).toBe('new');
  });
});

describe('the change of a step', () => {
  const before = { state: 'active', item: itemOf(1000), paidUntil, mrrMinor: 1000 } as const;
  const after = { ...before, reason: null };

  it('is none where the value stays: a renewal, a failed one, a cancel that waits', () => {
    expect(mrrChangeOf(before, { ...after, paidUntil: new Date('2027-01-01T00:00:00Z') })).toBeNull();
    expect(mrrChangeOf(before, { ...after, state: 'past_due' })).toBeNull();
    expect(mrrChangeOf({ ...before, state: 'paused', mrrMinor: 0 }, { ...after, state: 'cancelled' })).toBeNull();
  });

  it('has the plans and the value before and after', () => {
    expect(mrrChangeOf(before, { ...after, item: itemOf(3000, 'pln_2') })).toEqual({
      from: 'active',
      to: 'active',
      wasPaid: true,
      currency: 'EUR',
      planIdBefore: 'pln_1',
      planId: 'pln_2',
      beforeMinor: 1000,
      afterMinor: 3000,
      reason: null,
    });
  });

  it.each<[SubscriptionState, string | null, string | null]>([
    ['unpaid', null, 'payment'],
    ['cancelled', 'requested', 'requested'],
    ['paused', null, null],
  ])('that ends in %s with the reason %s carries %s', (state, reason, expected) => {
    expect(mrrChangeOf(before, { ...after, state, reason })).toMatchObject({ afterMinor: 0, reason: expected });
  });

  it('starts from what was recorded: a subscription from before the movements enters with its next step', () => {
    const { mrrMinor: _none, ...old } = before;
    expect(mrrChangeOf(old, after)).toMatchObject({ beforeMinor: 0, afterMinor: 1000 });
    expect(mrrChangeOf(old, { ...after, state: 'cancelled' })).toBeNull();
  });
});
