import { partnerDetailOf } from '../../domain/payments/fraud';
import type { PaymentState } from '../../domain/payments/payment';
import { refundable } from '../../domain/payments/refund';
import { fundsOf } from '../../services/payments/accept-refund';
import type { Payment } from '../../models/payments/payment';
import type { Refund } from '../../models/payments/refund';
import type { components } from '../generated/openapi-types';

const waits: Partial<Record<PaymentState, string>> = {
  accepted: 'the process to start',
  validating: 'fraud rules and card to be checked',
  review: "a reviewer's decision",
  requires_action: 'the customer to confirm the payment with the bank',
  authorising: 'the gateway to hold the amount',
  authorised: 'the amount to be captured',
  capturing: 'the gateway to capture the amount',
  unknown: "the gateway's books to show the outcome of the call that got no response",
};

/** Returns the thing a payment waits for, and until when; null once the payment has ended. */
export function waitOfPayment({
  state,
  until,
  undoing,
}: Pick<Payment, 'state' | 'until' | 'undoing'>): components['schemas']['WaitingFor'] {
  const what = waits[state];
  if (what === undefined) return null;
  return undoing
    ? { what: 'the amount held at the gateway to be released', until: null }
    : { what, until: until?.toISOString() ?? null };
}

/** Returns the API representation of a payment. */
export function presentPayment(payment: Payment): components['schemas']['Payment'] {
  const { state, amount, fraud, card, review, actionUrl } = payment;
  const money = (amountMinor: number) => ({ amountMinor, currency: amount.currency });
  return {
    id: payment._id,
    state,
    unknownCall: payment.unknownCall,
    amount: money(amount.amountMinor),
    authorised: money(payment.authorisedMinor),
    captured: money(payment.capturedMinor),
    refunded: money(payment.refundedMinor),
    refundable: refundable(fundsOf(payment)),
    disputed: money(payment.disputedMinor),
    paymentMethod: payment.paymentMethod,
    card: card && { brand: card.brand, last4: card.last4, expiryMonth: card.expiryMonth, expiryYear: card.expiryYear },
    customerId: payment.customerId,
    orderRef: payment.orderRef,
    description: payment.description,
    capture: payment.capture,
    metadata: payment.metadata,
    nextAction: state === 'requires_action' && actionUrl !== null ? { url: actionUrl } : null,
    fraud: fraud && {
      decision: fraud.decision,
      reasons: fraud.reasons.map((reason) => ({ rule: reason.rule, detail: partnerDetailOf(reason) })),
    },
    review: review && { decision: review.decision, note: review.note, at: review.at.toISOString() },
    reason: payment.reason,
    waitingFor: waitOfPayment(payment),
    correlationId: payment.correlationId,
    createdAt: payment.createdAt.toISOString(),
    updatedAt: payment.updatedAt.toISOString(),
  };
}

/** Returns the API representation of a refund. */
export const presentRefund = (refund: Refund): components['schemas']['Refund'] => ({
  id: refund._id,
  state: refund.state,
  paymentId: refund.paymentId,
  amount: { amountMinor: refund.amount.amountMinor, currency: refund.amount.currency },
  reason: refund.reason,
  failure: refund.failure,
  waitingFor: refund.state === 'pending' ? { what: 'the gateway to refund the money', until: null } : null,
  correlationId: refund.correlationId,
  createdAt: refund.createdAt.toISOString(),
  updatedAt: refund.updatedAt.toISOString(),
});
