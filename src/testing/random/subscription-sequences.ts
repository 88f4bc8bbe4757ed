import * as fc from 'fast-check';
import { outages } from '../faults/gateway-outages';
import type { SubscriptionWorld } from '../worlds/subscription-world';
import { pace } from './random-moves';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
/** The plans between which a sequence changes. */
const plans = {
  month: { name: 'Month', amount: eur(1000), interval: 'month' },
  better: { name: 'Better', amount: eur(3000), interval: 'month' },
  week: { name: 'Week', amount: eur(300), interval: 'week' },
  year: { name: 'Year', amount: eur(9999), interval: 'year' },
  costly: { name: 'Costly', amount: eur(1_500_000), interval: 'month' },
  yen: { name: 'Yen', amount: { amountMinor: 900, currency: 'JPY' }, interval: 'month' },
} as const;
export type PlanName = keyof typeof plans;

const planName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<PlanName>('month', 'better', 'week', 'year') },
  { weight: 1, arbitrary: fc.constantFrom<PlanName>('costly', 'yen') },
);
const when = fc.constantFrom('now' as const, 'period_end' as const);
const method = fc.oneof(
  { weight: 4, arbitrary: fc.constant('pm_ok') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'pm_declined',
      'pm_decline_on_renewal',
      'pm_insufficient_funds',
      'pm_expires_next_month',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('pm_requires_action', 'pm_timeout_after_charge', 'pm_timeout_after_capture', 'pm_flaky'),
  },
);

const move = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      what: fc.constant('advance' as const),
      byMs: fc.constantFrom(HOUR_MS, DAY_MS, 3 * DAY_MS, 8 * DAY_MS, 16 * DAY_MS, 33 * DAY_MS),
      pace,
    }),
  },
  { weight: 10, arbitrary: fc.record({ what: fc.constant('proceed' as const), pace }) },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('changePlan' as const),
      plan: planName,
      quantity: fc.constantFrom(undefined, 1, 2, 3),
      when,
      pace,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('pauseSubscription' as const),
      resumeAfterMs: fc.constantFrom(null, HOUR_MS, 5 * DAY_MS, 40 * DAY_MS),
      pace,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('resumeSubscription' as const), pace }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('cancelSubscription' as const),
      when,
      refund: fc.constantFrom('none' as const, 'prorated' as const),
      pace,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('undoSubscriptionChange' as const), pace }) },
  { weight: 8, arbitrary: fc.record({ what: fc.constant('updatePaymentMethod' as const), method, pace }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('repeat' as const), pace }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('refund_by_hand' as const), share: fc.constantFrom(1, 2, 3), pace }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constantFrom('approve' as const, 'decline' as const, 'withdraw' as const), pace }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('outage' as const), outage: fc.constantFrom(...outages), pace }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('gateway_recovers' as const), pace }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel_in_temporal' as const), pace }) },
);
export type SubscriptionMove = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** Generates a subscription of any kind with the moves of its partner, customer and gateway over some months. */
export const subscriptionSequences = fc.record({
  plan: fc.constantFrom<PlanName>('month', 'better', 'week', 'year'),
  trialDays: fc.constantFrom(0, 0, 0, 5),
  startsAfterMs: fc.constantFrom(null, null, null, 2 * DAY_MS),
  quantity: fc.constantFrom(1, 1, 2),
  paymentMethod: fc.oneof({ weight: 2, arbitrary: fc.constant('pm_ok') }, { weight: 1, arbitrary: method }),
  moves: fc.array(move, { minLength: 4, maxLength: 12, size: 'max' }),
  ending: fc.constantFrom('stays' as const, 'none' as const, 'prorated' as const),
});
export type SubscriptionSequence = typeof subscriptionSequences extends fc.Arbitrary<infer T> ? T : never;

/** Accepts the plans of the sequences. Returns their ids by name. */
export const openPlans = async (world: SubscriptionWorld): Promise<Record<PlanName, string>> => {
  const ids = await Promise.all(
    Object.entries(plans).map(async ([name, terms]) => [name, await world.plan(terms)] as const),
  );
  return Object.fromEntries(ids) as Record<PlanName, string>;
};
