import { hasEnded, type SubscriptionState } from '../subscription';
import { mrrOf, type MrrStanding } from './monthly-value';

/** The kinds of MRR movements, in the order in which they are shown. */
export const movementKinds = ['new', 'reactivation', 'resumed', 'expansion', 'contraction', 'paused', 'churn'] as const;
export type MovementKind = (typeof movementKinds)[number];

/** The subscription as a step found it. */
export interface MrrBefore extends MrrStanding {
  /** The sum of the subscription's movements so far, in minor units. */
  mrrMinor?: number;
}

/** The subscription as a step leaves it. */
export interface MrrAfter extends MrrStanding {
  /** Set with the end: a code. */
  reason: string | null;
}

/** A change of a subscription's monthly value. Amounts are in minor units of its currency. */
export interface MrrChange {
  from: SubscriptionState;
  to: SubscriptionState;
  /** True where an invoice of the subscription was paid before. */
  wasPaid: boolean;
  currency: string;
  planIdBefore: string;
  planId: string;
  beforeMinor: number;
  afterMinor: number;
  /** A code: `payment` where dunning ended unpaid, or the reason of the subscription's end; otherwise null. */
  reason: string | null;
}

/**
 * Returns the change of the monthly value that a step makes; null where the value stays. It is compared with the sum of
 * the movements recorded so far, so that the sum is the value after every step.
 */
export function mrrChangeOf(before: MrrBefore, after: MrrAfter): MrrChange | null {
  const beforeMinor = before.mrrMinor ?? 0;
  const afterMinor = mrrOf(after);
  if (beforeMinor === afterMinor) return null;
  return {
    from: before.state,
    to: after.state,
    wasPaid: before.paidUntil !== null,
    currency: after.item.plan.amount.currency,
    planIdBefore: before.item.planId,
    planId: after.item.planId,
    beforeMinor,
    afterMinor,
    reason: reasonOf(after),
  };
}

function reasonOf({ state, reason }: MrrAfter): string | null {
  if (state === 'unpaid') return 'payment';
  return hasEnded(state) ? reason : null;
}

/** What a customer paid per month in the currency, up to a movement. */
export interface CustomerBalance {
  /** In minor units. */
  valueMinor: number;
  /** The number of the customer's movements in the currency. */
  movements: number;
}

/**
 * Returns the kind of a movement. A pause and the return from it come first, whatever else the customer pays. A first
 * payment after a pause within a trial is no return: nothing had been paused.
 */
export function kindOfMovement(
  { from, to, wasPaid, beforeMinor, afterMinor }: Omit<MrrChange, 'currency' | 'planId' | 'planIdBefore' | 'reason'>,
  customer: CustomerBalance,
): MovementKind {
  const isMore = afterMinor > beforeMinor;
  if (to === 'paused') return 'paused';
  if (from === 'paused' && wasPaid && isMore) return 'resumed';
  if (!isMore) return customer.valueMinor + afterMinor - beforeMinor > 0 ? 'contraction' : 'churn';
  if (customer.valueMinor > 0) return 'expansion';
  return customer.movements === 0 ? 'new' : 'reactivation';
}
