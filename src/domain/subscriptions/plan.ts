import { DomainError } from '../domain-error';
import type { Money, RequireAmountInput } from '../money';
import { multiplyMoney, requireAmount } from '../money';
import { lengthOf } from '../values/text';

export const planIntervals = ['day', 'week', 'month', 'year'] as const;
export type PlanInterval = (typeof planIntervals)[number];

/** The terms of a plan's version. A version never changes: another price is another version. */
export interface PlanTerms {
  name: string;
  /** The price of one item for one full period. */
  amount: Money;
  interval: PlanInterval;
  intervalCount: number;
  trialDays: number;
}

/** The longest period is three years. */
export const maxIntervalCounts: Readonly<Record<PlanInterval, number>> = { day: 1095, week: 156, month: 36, year: 3 };
export const MAX_TRIAL_DAYS = 730;
export const MAX_QUANTITY = 1_000_000;

/** Throws `INTEGER_OUT_OF_RANGE`, pointing at the field, unless `value` is a whole number within the bounds. */
export function requireInteger({
  value,
  min,
  max,
  pointer,
}: {
  value: number;
  min: number;
  max: number;
  pointer: string;
}): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new DomainError(
    'INTEGER_OUT_OF_RANGE',
    `${pointer.slice(1)} is ${value}: send a whole number from ${min} to ${max}.`,
    { pointer },
  );
}

/**
 * Returns the terms, trimmed. Throws `PLAN_INVALID`, `INTEGER_OUT_OF_RANGE`, or the errors of `requireAmount`. As the
 * price is in the gateway's steps, every amount computed from it is too.
 */
export function requirePlanTerms({
  stepMinor,
  ...terms
}: PlanTerms & Pick<RequireAmountInput, 'stepMinor'>): PlanTerms {
  const name = terms.name.trim();
  if (name.length === 0 || lengthOf(name) > 120) {
    throw new DomainError('PLAN_INVALID', 'name must have 1 to 120 characters.', { pointer: '/name' });
  }
  if (!planIntervals.includes(terms.interval)) {
    throw new DomainError('PLAN_INVALID', `interval must be one of ${planIntervals.join(', ')}.`, {
      pointer: '/interval',
    });
  }
  return {
    name,
    amount: requireAmount({ amount: terms.amount, stepMinor }),
    interval: terms.interval,
    intervalCount: requireInteger({
      value: terms.intervalCount,
      min: 1,
      max: maxIntervalCounts[terms.interval],
      pointer: '/intervalCount',
    }),
    trialDays: requireInteger({ value: terms.trialDays, min: 0, max: MAX_TRIAL_DAYS, pointer: '/trialDays' }),
  };
}

/** The subscribed item: a plan's price times a quantity. */
export interface PlanItem {
  planId: string;
  plan: PlanTerms;
  quantity: number;
}

/**
 * Returns the price of one full period. Throws `INTEGER_OUT_OF_RANGE` for the quantity, `AMOUNT_TOO_LARGE` for the
 * product; both point at `/quantity`.
 */
export function priceOf({ plan, quantity }: Pick<PlanItem, 'plan' | 'quantity'>): Money {
  return multiplyMoney(
    plan.amount,
    requireInteger({ value: quantity, min: 1, max: MAX_QUANTITY, pointer: '/quantity' }),
  );
}

/** True when a change between the two keeps the billing period; otherwise a new one begins with the change. */
export const keepsPeriod = (a: PlanTerms, b: PlanTerms): boolean =>
  a.interval === b.interval && a.intervalCount === b.intervalCount;

/** True when the two are the same plan in the same quantity. */
export const isSameItem = (a: PlanItem, b: PlanItem): boolean => a.planId === b.planId && a.quantity === b.quantity;
