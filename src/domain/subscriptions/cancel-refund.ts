import type { Money } from '../money';
import { addMoney, compareMoney, minMoney, subtractMoney, sumMoney, zeroMoney } from '../money';

/** A payment with an amount that can still be refunded. */
export interface RefundSource {
  paymentId: string;
  left: Money;
  /** True when the payment covers time that is not over yet. */
  isCurrent: boolean;
}

export interface CancelRefundInput {
  /** The unused part of the time that was paid for. */
  unused: Money;
  /** The part of that time's price that was paid with credit, or with time unused before. */
  paidByCredit: Money;
  /** The credit left over from earlier changes; it was paid for too. */
  credit: Money;
  /** The latest first. */
  sources: readonly RefundSource[];
}

export interface CancelRefund {
  refunds: { paymentId: string; amount: Money }[];
  /** The credit for which no refundable payment is left. */
  creditBalance: Money;
}

/**
 * Returns the refunds of a cancel with `refund: "prorated"`: the unused part and the credit, from each payment at most
 * the amount left of it.
 *
 * Unused time is refunded from the payments that paid for it; where one of them was refunded manually, that time is not
 * refunded twice. Credit, and time that was paid with it, came from any earlier payment: also from one for time that is
 * long over.
 */
export function planCancelRefund({ unused, paidByCredit, credit, sources }: CancelRefundInput): CancelRefund {
  const { currency } = credit;
  const [current, earlier] = [
    sources.filter(({ isCurrent }) => isCurrent),
    sources.filter(({ isCurrent }) => !isCurrent),
  ];
  const ofTheTime = minMoney(
    unused,
    sumMoney(
      current.map(({ left }) => left),
      currency,
    ),
  );
  const fromAnywhere = addMoney(minMoney(subtractMoney(unused, ofTheTime), paidByCredit), credit);
  let due = addMoney(ofTheTime, fromAnywhere);
  const refunds = [...current, ...earlier].flatMap(({ paymentId, left }) => {
    const amount = minMoney(due, left);
    due = subtractMoney(due, amount);
    return compareMoney(amount, zeroMoney(currency)) > 0 ? [{ paymentId, amount }] : [];
  });
  return { refunds, creditBalance: minMoney(credit, due) };
}
