import { DomainError } from '../domain-error';
import type { Money } from '../money';
import { moneyOf, requireAmount, requireSameCurrency, zeroMoney } from '../money';
import type { CaptureMode, PaymentState } from './payment';
import { refusePaymentCommand } from './payment-commands';
import type { Transitions } from '../transitions';

export const refundStates = ['pending', 'succeeded', 'failed'] as const;
export type RefundState = (typeof refundStates)[number];

/** A refund whose call got no response stays `pending` and is looked up by its key. */
export const refundTransitions: Transitions<RefundState> = {
  pending: { succeeded: 'refunded', failed: 'refused permanently' },
  succeeded: { failed: 'reported as failed after all' },
  failed: {},
};

/** The captured money of a payment and its refunds, in minor units of `currency`. */
export interface CapturedFunds {
  currency: string;
  capturedMinor: number;
  refundedMinor: number;
  /** Reserved by refunds that are under way. */
  pendingRefundMinor: number;
  /** Held by banks because of disputes, in minor units. Defaults to 0. */
  disputedMinor?: number;
}

/** Returns `captured − refunded − pending − disputed`, the most that a further refund may take. */
export const refundable = (funds: CapturedFunds): Money => {
  const { currency, capturedMinor, refundedMinor, pendingRefundMinor, disputedMinor = 0 } = funds;
  return moneyOf(capturedMinor - refundedMinor - pendingRefundMinor - disputedMinor, currency);
};

/** Returns the amount that can be refunded now; 0 where nothing can. */
export function leftToRefund({ amount: { currency }, state, capture, ...funds }: RefundedPayment): Money {
  return refusePaymentCommand({ command: 'refundPayment', state, capture })
    ? zeroMoney(currency)
    : refundable({ ...funds, currency });
}
type RefundedPayment = Omit<CapturedFunds, 'currency'> & { amount: Money; state: PaymentState; capture: CaptureMode };

/** Returns the refunds of all that is left of these payments; none for a payment with nothing left. */
export const refundsOfAllLeft = (
  payments: readonly (RefundedPayment & { _id: string })[],
): { paymentId: string; amount: Money }[] =>
  payments
    .map((payment) => ({ paymentId: payment._id, amount: leftToRefund(payment) }))
    .filter(({ amount }) => amount.amountMinor > 0);

export interface ReserveRefundInput {
  funds: CapturedFunds;
  /** Defaults to all that is refundable. */
  requested?: Money;
  /** The gateway accepts only multiples of this many minor units. Defaults to 1. */
  stepMinor?: number;
}

/**
 * Returns the refund's amount and the funds with that amount reserved. The caller writes both in the accepting
 * transaction, guarded by the funds it read: two concurrent refunds must not both fit. Throws `NOTHING_TO_REFUND` (a
 * conflict), `REFUND_EXCEEDS_CAPTURED`, `CURRENCY_MISMATCH`, or the errors of `requireAmount`.
 */
export function reserveRefund({ funds, requested, stepMinor }: ReserveRefundInput): {
  amount: Money;
  funds: CapturedFunds;
} {
  const left = refundable(funds);
  if (requested) {
    requireAmount({ amount: requested, stepMinor });
    requireSameCurrency(left, requested, '/amount/currency');
  }
  if (left.amountMinor <= 0) {
    const detail =
      `Nothing is left to refund: ${funds.capturedMinor} captured, ${funds.refundedMinor} refunded, ` +
      `${funds.pendingRefundMinor} under way, ${funds.disputedMinor ?? 0} disputed.`;
    throw new DomainError('NOTHING_TO_REFUND', detail);
  }
  const amount = requested ?? left;
  if (amount.amountMinor > left.amountMinor) {
    const detail = `amountMinor ${amount.amountMinor} is more than the ${left.amountMinor} that can still be refunded.`;
    throw new DomainError('REFUND_EXCEEDS_CAPTURED', detail, { pointer: '/amount/amountMinor' });
  }
  return { amount, funds: { ...funds, pendingRefundMinor: funds.pendingRefundMinor + amount.amountMinor } };
}

export interface SettleRefundInput {
  funds: CapturedFunds;
  amount: Money;
  outcome: 'succeeded' | 'failed';
}

/**
 * Returns the funds after a refund ended: refunded, or its reservation released. Throws `REFUND_NOT_RESERVED` for a
 * refund that was never reserved.
 */
export function settleRefund({ funds, amount, outcome }: SettleRefundInput): CapturedFunds {
  requireSameCurrency(refundable(funds), amount);
  const pendingRefundMinor = funds.pendingRefundMinor - amount.amountMinor;
  if (pendingRefundMinor < 0) {
    throw new DomainError(
      'REFUND_NOT_RESERVED',
      `A refund of ${amount.amountMinor} was settled, but only ${funds.pendingRefundMinor} is reserved.`,
    );
  }
  const given = outcome === 'succeeded' ? amount.amountMinor : 0;
  return { ...funds, pendingRefundMinor, refundedMinor: funds.refundedMinor + given };
}

/** Returns the state of a payment with these funds. */
export function paymentStateOfFunds({ capturedMinor, refundedMinor }: CapturedFunds): PaymentState {
  if (refundedMinor === 0) return 'captured';
  return refundedMinor < capturedMinor ? 'partially_refunded' : 'refunded';
}
