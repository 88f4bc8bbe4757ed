import type { Money } from '../money';
import { moneyOf } from '../money';
import { sumLots, takeLatest, type LeftByPayment, type PaidFunds } from './billing/paid-funds';

export interface EndRefundInput {
  /** The unused time to refund (`unusedTime`); zero where the end refunds no time. */
  unused: Money;
  /** The credit, with the part that an unpaid invoice used: money of the customer, which every end refunds. */
  credit: Money;
  funds: PaidFunds;
  left: LeftByPayment;
}

export interface EndRefund {
  refunds: { paymentId: string; amount: Money }[];
  /** The part of the credit that none of its payments can refund any more. */
  owed: Money;
}

/** Returns the sum of refunds in minor units. */
export const sumOfRefunds = (refunds: EndRefund['refunds']): number =>
  refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);

/**
 * Returns the refunds when a subscription ends: the credit and the unused time, each from the payments that it came
 * from, the latest first, and from each payment at most the amount left of it.
 */
export function planEndRefund({ unused, credit, funds, left }: EndRefundInput): EndRefund {
  const { currency } = credit;
  const free = new Map(left);
  const ofCredit = takeLatest(funds.credit, credit.amountMinor, free);
  const ofUnused = takeLatest(funds.time, unused.amountMinor, free);
  const byPayment = new Map<string, number>();
  for (const { paymentId, amountMinor } of [...ofUnused, ...ofCredit])
    byPayment.set(paymentId, (byPayment.get(paymentId) ?? 0) + amountMinor);
  return {
    refunds: [...byPayment].map(([paymentId, amountMinor]) => ({ paymentId, amount: moneyOf(amountMinor, currency) })),
    owed: moneyOf(credit.amountMinor - sumLots(ofCredit), currency),
  };
}
