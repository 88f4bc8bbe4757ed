import type { PlanTerms } from '../plan';
import { balanceDifferences, movementDifferences, rebuildChanges, type SubscriptionEvent } from './rebuild';

const terms = (amountMinor: number): PlanTerms => ({
  name: 'Pro',
  amount: { amountMinor, currency: 'EUR' },
  interval: 'month',
  intervalCount: 1,
  trialDays: 0,
});
const plans = new Map([
  ['pln_1', terms(1000)],
  ['pln_2', terms(3000)],
]);
const events = (...given: [type: string, state: string, data?: Record<string, unknown>][]): SubscriptionEvent[] =>
  given.map(([type, state, data = {}], index) => ({
    type: `subscription.${type}`,
    state,
    version: index + 1,
    at: new Date(Date.UTC(2026, 2, index + 1)),
    data,
  }));
const accepted = ['accepted', 'accepted', { planId: 'pln_1', quantity: 2 }] as const;
const better = { planId: 'pln_2', quantity: 1 };

const changesOf = (...given: Parameters<typeof events>) =>
  rebuildChanges(events([...accepted], ...given), plans).map(({ version, beforeMinor, afterMinor, reason }) => [
    version,
    beforeMinor,
    afterMinor,
    ...(reason ? [reason] : []),
  ]);

describe('the changes of a subscription by its events', () => {
  it('follow its states, from the first payment on', () => {
    expect(
      changesOf(
        ['trial_started', 'trialing'],
        ['payment_failed', 'past_due'],
        ['recovered', 'active'],
        ['renewed', 'active'],
        ['paused', 'paused'],
        ['resumed', 'active'],
        ['payment_failed', 'past_due'],
        ['unpaid', 'unpaid', { reason: 'card_declined' }],
        ['recovered', 'active'],
        ['cancelled', 'cancelled', { reason: 'requested' }],
      ),
    ).toEqual([
      [4, 0, 2000],
      [6, 2000, 0],
      [7, 0, 2000],
      [9, 2000, 0, 'payment'],
      [10, 0, 2000],
      [11, 2000, 0, 'requested'],
    ]);
  });

  it('follow the plan where it takes effect, not where it is ordered', () => {
    expect(
      changesOf(
        ['activated', 'active'],
        ['change_ordered', 'active', better],
        ['change_failed', 'active', better],
        ['plan_changed', 'active', better],
        ['plan_change_waiting', 'active', { planId: 'pln_1', quantity: 1 }],
        ['renewed', 'active', { planId: 'pln_1', quantity: 1 }],
      ),
    ).toEqual([
      [2, 0, 2000],
      [5, 2000, 3000],
      [7, 3000, 1000],
    ]);
  });

  it('have the platform’s reason where an operator has given one of their own', () => {
    expect(changesOf(['activated', 'active'], ['closed', 'cancelled', { reason: 'asked by phone' }])).toEqual([
      [2, 0, 2000],
      [3, 2000, 0, 'closed_by_operator'],
    ]);
  });
});

const changes = rebuildChanges(events([...accepted], ['activated', 'active']), plans);
const movement = {
  ...changes[0]!,
  _id: 'sub_1/000002',
  kind: 'new' as const,
  deltaMinor: 2000,
  customerMinor: 2000,
  customerMovement: 1,
};

describe('differences', () => {
  it.each<[string, Partial<typeof movement>, RegExp]>([
    ['another value', { afterMinor: 2001 }, /says 0 \(pln_1\) to 2001 .*the events say 0 \(pln_1\) to 2000/],
    ['another time', { at: new Date(0) }, /says .*1970/],
    ['another delta', { deltaMinor: 1999 }, /says a change by 1999/],
    ['another kind', { customerMovement: 2 }, /is new, the events say reactivation/],
    ['another version', { _id: 'sub_1/000003' }, /000002 is missing[^]*000003 says .*the events say nothing/],
  ])('name a movement with %s', (_what, change, line) => {
    const compare = (movements: (typeof movement)[]) =>
      movementDifferences({ subscriptionId: 'sub_1', changes, movements }).join('\n');
    expect(compare([movement])).toBe('');
    expect(compare([{ ...movement, ...change }])).toMatch(line);
  });

  it('name a movement out of its place, and a balance that is not the sum', () => {
    const second = { ...movement, _id: 'sub_2/000002', customerMinor: 4000, customerMovement: 2 };
    const balance = { valueMinor: 4000, movements: 2 };
    expect(balanceDifferences('ada', [movement, second], balance)).toEqual([]);
    expect(balanceDifferences('ada', [movement, { ...second, customerMovement: 3 }], balance)).toHaveLength(1);
    expect(balanceDifferences('ada', [movement], balance)).toHaveLength(1);
    expect(balanceDifferences('ada', [movement], null)).toHaveLength(1);
  });
});
