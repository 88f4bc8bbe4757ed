import { moneyOf, type Money } from '../../money';
import { priceOf, type PlanInterval, type PlanItem } from '../plan';
import type { SubscriptionState } from '../subscription';

/** Months of a full interval, as a fraction: a year has 12 months and 365 days, a week 7 days. */
const monthsOf: Readonly<Record<PlanInterval, { months: bigint; per: bigint }>> = {
  day: { months: 12n, per: 365n },
  week: { months: 84n, per: 365n },
  month: { months: 1n, per: 1n },
  year: { months: 12n, per: 1n },
};

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Returns the price of an item for a month: 12 months are a year, 7 days a week, 365 days 12 months. Rounded once, half
 * up to the minor unit; at most the largest exact amount, so that no price keeps a step from being recorded.
 */
export function monthlyValue(item: Pick<PlanItem, 'plan' | 'quantity'>): Money {
  const { amountMinor, currency } = priceOf(item);
  const { interval, intervalCount } = item.plan;
  const { months, per } = monthsOf[interval];
  const numerator = BigInt(amountMinor) * per;
  const denominator = months * BigInt(intervalCount);
  const rounded = (2n * numerator + denominator) / (2n * denominator);
  return moneyOf(Number(rounded < LARGEST ? rounded : LARGEST), currency);
}

const countingStates: readonly SubscriptionState[] = ['active', 'past_due'];

/** The facts of a subscription that its monthly value depends on. */
export interface MrrStanding {
  state: SubscriptionState;
  item: Pick<PlanItem, 'planId' | 'plan' | 'quantity'>;
  /** Null until the first invoice is paid. */
  paidUntil: Date | null;
}

/** Returns true for a subscription that counts: paid at least once, and `active` or `past_due`. */
export const counts = ({ state, paidUntil }: Pick<MrrStanding, 'state' | 'paidUntil'>): boolean =>
  paidUntil !== null && countingStates.includes(state);

/**
 * Returns the part of the MRR that a subscription makes up, in minor units of its plan's currency: 0 in a trial, before
 * it was ever paid, and while it is paused, unpaid or ended. A cancel at the period's end changes nothing until then.
 */
export const mrrOf = (standing: MrrStanding): number =>
  counts(standing) ? monthlyValue(standing.item).amountMinor : 0;
