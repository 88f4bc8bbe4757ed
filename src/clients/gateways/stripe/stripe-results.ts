import type StripeSdk from 'stripe';
import { GatewayOutcomeUnknown } from '../gateway-errors';
import type { AuthoriseResult, CaptureResult, RefundResult } from '../payment-gateway';
import { fromStripeAmount } from './stripe-amount';
import { declineReason } from './stripe-errors';

/** How an authorisation stands by its intent. @throws GatewayOutcomeUnknown while Stripe has not decided. */
export function authoriseResult(intent: StripeSdk.PaymentIntent, idempotencyKey: string): AuthoriseResult {
  const { id: authorisationId, status, amount, currency, last_payment_error: failed } = intent;
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return { status: 'authorised', authorisationId, amount: fromStripeAmount(amount, currency) };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      // A challenge with no page of its own cannot be shown to anyone; nothing is held meanwhile.
      return url
        ? { status: 'requires_action', authorisationId, url }
        : { status: 'declined', authorisationId, reason: 'authentication_required' };
    }
    case 'requires_payment_method':
      return { status: 'declined', authorisationId, reason: declineReason(failed ?? {}) };
    case 'canceled':
      // Authorised once and voided since, unless it never got so far.
      return intent.latest_charge
        ? { status: 'authorised', authorisationId, amount: fromStripeAmount(amount, currency) }
        : { status: 'declined', authorisationId, reason: 'voided' };
    default:
      throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: `the payment intent is ${status}` });
  }
}

/** The capture of an intent that succeeded, with the amount that was received. */
export function captureResult({
  id,
  latest_charge: charge,
  amount_received: amount,
  currency,
}: StripeSdk.PaymentIntent): CaptureResult {
  return {
    status: 'captured',
    captureId: (typeof charge === 'string' ? charge : charge?.id) ?? id,
    amount: fromStripeAmount(amount, currency),
  };
}

/** How a refund stands; one that Stripe has accepted may still be pending. */
export function refundResult({ id, status, amount, currency }: StripeSdk.Refund): RefundResult {
  if (status === 'failed' || status === 'canceled') return { status: 'rejected', reason: 'refund_failed' };
  return {
    status: status === 'succeeded' ? 'refunded' : 'pending',
    refundId: id,
    amount: fromStripeAmount(amount, currency),
  };
}
