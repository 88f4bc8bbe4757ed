import type { BillingPeriod } from './billing-period';
import { DomainError } from '../../domain-error';
import type { Money } from '../../money';
import { allocateMoney, minMoney, subtractMoney, zeroMoney } from '../../money';

/*
 * Proration to the second. The part of a price left at an instant depends only on price, period and instant. So the
 * parts of a period, each the difference of two such figures, add up to the price, and a change up and down again at
 * the same instant costs exactly 0.
 */

export interface UnusedPriceInput {
  /** For one full period, quantity included. */
  price: Money;
  /** The gateway accepts only multiples of this many minor units (`amountStepOf`). */
  stepMinor: number;
  period: Pick<BillingPeriod, 'fullStartAt' | 'endAt'>;
  at: string;
}

/**
 * Returns the part of the price for `[at, endAt)`, rounded to the nearest step that the gateway accepts (most often one
 * minor unit), a half down: the whole price before the period, 0 after it. A price that is not in such steps, and so
 * never charged there, is split to the minor unit.
 */
export function unusedPrice({ price, stepMinor, period, at }: UnusedPriceInput): Money {
  const start = toSecond(period.fullStartAt);
  const end = toSecond(period.endAt);
  if (end <= start)
    throw new DomainError('PERIOD_EMPTY', `The period from ${period.fullStartAt} to ${period.endAt} has no length.`);
  const from = Math.min(Math.max(toSecond(at), start), end);
  const [, unused] = allocateMoney(
    price,
    [from - start, end - from],
    price.amountMinor % stepMinor === 0 ? stepMinor : 1,
  );
  return unused ?? zeroMoney(price.currency);
}

/**
 * Returns the value of time that was paid for and is not used: the part of the price for `[at, endAt)`, at most `paid`,
 * the amount that was paid for that time and not refunded (`paidAndNotRefunded`). A change of plan, its preview and a
 * cancel all use this value.
 */
export const unusedTime = ({ paid, ...of }: UnusedPriceInput & { paid: Money }): Money =>
  minMoney(unusedPrice(of), paid);

/** Returns the part of the price for `[from, to)`. Neighbouring parts add up. */
export const partialPrice = ({ from, to, ...of }: Omit<UnusedPriceInput, 'at'> & { from: string; to: string }): Money =>
  subtractMoney(unusedPrice({ ...of, at: from }), unusedPrice({ ...of, at: to }));

/** Returns the price of a period: the whole price, or the part for a shorter first period. */
export const periodPrice = ({ period, ...of }: Omit<UnusedPriceInput, 'at'> & { period: BillingPeriod }): Money =>
  unusedPrice({ ...of, period, at: period.startAt });

function toSecond(at: string): number {
  const ms = Date.parse(at);
  if (Number.isNaN(ms))
    throw new DomainError(
      'INSTANT_INVALID',
      `"${at.slice(0, 40)}" is no ISO 8601 instant such as 2026-01-31T09:00:00Z.`,
    );
  return Math.floor(ms / 1000);
}
