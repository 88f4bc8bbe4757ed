import type StripeSdk from 'stripe';
import { GatewayOutcomeUnknown } from '../gateway-errors';
import type { GatewayOperation } from '../gateway-errors';
import type {
  AuthoriseResult,
  CaptureResult,
  RefundResult,
  Rejected,
  SaveMethodResult,
  VoidResult,
} from '../payment-gateway';
import { fromStripeAmount } from './stripe-amount';
import { declineReason, refundFailureReason } from './stripe-errors';

/** How an authorisation stands by its intent. @throws GatewayOutcomeUnknown while Stripe has not decided. */
export function authoriseResult(intent: StripeSdk.PaymentIntent, idempotencyKey: string): AuthoriseResult {
  const { id: authorisationId, status, amount, amount_capturable: held, currency, last_payment_error: failed } = intent;
  switch (status) {
    case 'requires_capture':
      return { status: 'authorised', authorisationId, amount: fromStripeAmount(held, currency) };
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
      throw undecided('authorise', idempotencyKey, intent);
  }
}

/**
 * Returns the capture of an intent by its status, with the amount that was received.
 * @throws GatewayOutcomeUnknown while Stripe has not decided.
 */
export function captureResult(intent: StripeSdk.PaymentIntent, idempotencyKey: string): CaptureResult {
  const { id, latest_charge: charge, amount_received: amount, currency, status } = intent;
  if (status !== 'succeeded') throw undecided('capture', idempotencyKey, intent);
  return {
    status: 'captured',
    captureId: (typeof charge === 'string' ? charge : charge?.id) ?? id,
    amount: fromStripeAmount(amount, currency),
  };
}

/** Returns the void of an intent. @throws GatewayOutcomeUnknown for an intent that is not cancelled. */
export function voidResult(intent: StripeSdk.PaymentIntent, idempotencyKey: string): VoidResult {
  if (intent.status !== 'canceled') throw undecided('void', idempotencyKey, intent);
  return { status: 'voided' };
}

/**
 * Returns the reason for a refused capture or void, by the intent's current status: a repeat under the same key gets
 * the refusal of the first call, even if the intent has changed since.
 * @throws GatewayOutcomeUnknown for an intent that may still become a hold or a capture.
 */
export function rejectionByStatus(
  call: 'capture' | 'void',
  idempotencyKey: string,
  intent: StripeSdk.PaymentIntent,
): Rejected {
  const { status, amount_received: amount, currency } = intent;
  if (status === 'canceled') return { status: 'rejected', reason: 'already_voided' };
  // Somebody may have captured less in Stripe's dashboard: then the amount captured there counts.
  if (status === 'succeeded')
    return { status: 'rejected', reason: 'already_captured', captured: fromStripeAmount(amount, currency) };
  const waitsForCustomer = status === 'requires_action' || status === 'requires_confirmation';
  if (status === 'requires_payment_method' || (call === 'capture' && waitsForCustomer))
    return { status: 'rejected', reason: 'not_authorised' };
  throw undecided(call, idempotencyKey, intent);
}

const undecided = (call: GatewayOperation, idempotencyKey: string, { status }: StripeSdk.PaymentIntent) =>
  new GatewayOutcomeUnknown({ call, idempotencyKey, reason: `the payment intent is ${status}` });

/** Returns the status of a refund; a refund that Stripe has accepted may still be pending. */
export function refundResult({ id, status, amount, currency, failure_reason: failed }: StripeSdk.Refund): RefundResult {
  if (status === 'failed' || status === 'canceled') return { status: 'rejected', reason: refundFailureReason(failed) };
  return {
    status: status === 'succeeded' ? 'refunded' : 'pending',
    refundId: id,
    amount: fromStripeAmount(amount, currency),
  };
}

/** Returns the result of saving a payment method by its setup intent; undefined while Stripe has not decided. */
export function saveResult(intent: StripeSdk.SetupIntent): SaveMethodResult | undefined {
  switch (intent.status) {
    case 'succeeded':
      return { status: 'saved' };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      // A challenge with no page of its own cannot be shown to anyone.
      return url ? { status: 'requires_action', url } : { status: 'declined', reason: 'authentication_required' };
    }
    case 'requires_payment_method':
      return { status: 'declined', reason: declineReason(intent.last_setup_error ?? {}) };
    default:
      return undefined;
  }
}
