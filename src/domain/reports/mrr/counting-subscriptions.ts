import type { CountedMovement, MovementFact } from './movement-fact';

/** A subscription that counts, with its monthly value since `at`. */
export interface CountingSubscription {
  subscriptionId: string;
  customer: string;
  planId: string;
  currency: string;
  /** In minor units. */
  valueMinor: number;
  /** ISO 8601: the last movement. */
  at: string;
}

/** Goes through the movements of subscriptions, one after another; plain data. */
export interface SubscriptionWalk {
  /** The subscription whose movements are being read, as it stands after the last of them. */
  last: CountingSubscription | null;
}

export const beforeSubscriptions: SubscriptionWalk = { last: null };

/**
 * Adds a movement of the part that counts. Returns the subscription before it where another one begins and the former
 * counts.
 */
export function walkOn(
  { last }: SubscriptionWalk,
  { subscriptionId, customer, planId, currency, at }: MovementFact,
  { afterMinor: valueMinor }: CountedMovement,
): { walk: SubscriptionWalk; ended: CountingSubscription | null } {
  const next = { subscriptionId, customer, planId, currency, valueMinor, at: at.toISOString() };
  const ended = last !== null && last.subscriptionId !== subscriptionId ? counting(last) : null;
  return { walk: { last: next }, ended };
}

/** Returns the last subscription, where it counts. */
export const endOfWalk = ({ last }: SubscriptionWalk): CountingSubscription | null => last && counting(last);

const counting = (one: CountingSubscription): CountingSubscription | null => (one.valueMinor > 0 ? one : null);
