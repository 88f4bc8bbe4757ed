import * as fc from 'fast-check';
import { outages } from '../faults/gateway-outages';
import { pace } from './random-moves';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const share = fc.constantFrom('all', 'half', 'third', 'one', 'too_much', 'nothing', 'other_currency');

const move = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant('proceed' as const),
      share: fc.constantFrom('all', 'half', 'third'),
      pace,
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('capture' as const), share, pace }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('cancel' as const), pace }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('cancel_by_signal' as const, 'cancel_in_temporal' as const), pace }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('review' as const),
      decision: fc.constantFrom('approve' as const, 'approve' as const, 'decline' as const),
      pace,
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('refund' as const), share, pace }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('act' as const),
      decision: fc.constantFrom('approve' as const, 'decline' as const),
      pace,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('repeat' as const), pace }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('capture_at_the_gateway' as const),
      share: fc.constantFrom('all', 'half'),
      pace,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('advance' as const),
      byMs: fc.constantFrom(60_000, HOUR_MS, 2 * HOUR_MS, DAY_MS, 8 * DAY_MS),
      pace,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('outage' as const), outage: fc.constantFrom(...outages), pace }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('gateway_recovers' as const), pace }) },
);
export type PaymentMove = typeof move extends fc.Arbitrary<infer T> ? T : never;

const methods = [
  'pm_declined',
  'pm_insufficient_funds',
  'pm_fraud',
  'pm_flaky',
  'pm_timeout_after_capture',
  'pm_refund_fails',
  'pm_nonsense',
  'pm_expires_next_month',
];

/** Generates a payment of any kind with the moves of its partner, customer, reviewer and gateway. */
export const paymentSequences = fc.record({
  paymentMethod: fc.oneof(
    { weight: 6, arbitrary: fc.constant('pm_ok') },
    { weight: 2, arbitrary: fc.constant('pm_timeout_after_charge') },
    { weight: 2, arbitrary: fc.constant('pm_requires_action') },
    { weight: 3, arbitrary: fc.constantFrom(...methods) },
  ),
  /** In major units: from 10,000 the payment is reviewed, from 100,000 denied. */
  major: fc.oneof(
    { weight: 8, arbitrary: fc.constant(50) },
    { weight: 3, arbitrary: fc.constant(20_000) },
    { weight: 1, arbitrary: fc.constant(200_000) },
  ),
  currency: fc.constantFrom('EUR', 'EUR', 'KWD'),
  capture: fc.constantFrom('automatic' as const, 'manual' as const),
  moves: fc.array(move, { minLength: 3, maxLength: 9, size: 'max' }),
});
export type PaymentSequence = typeof paymentSequences extends fc.Arbitrary<infer T> ? T : never;
