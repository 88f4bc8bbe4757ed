import StripeSdk from 'stripe';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from '../gateway-errors';
import type { GatewayCallName, GatewayOperation } from '../gateway-errors';
import type { DeclineReason, Rejected } from '../payment-gateway';

interface FailedCall {
  call: GatewayCallName;
  idempotencyKey?: string;
  error: unknown;
}

const MOVES_MONEY: ReadonlySet<string> = new Set<GatewayOperation>(['authorise', 'capture', 'void', 'refund']);
const isOperation = (call: GatewayCallName): call is GatewayOperation => MOVES_MONEY.has(call);

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Stripe's error as one of the three errors of `PaymentGateway`. Declines and broken rules are sorted out before. */
export function stripeFailure({ call, idempotencyKey, error }: FailedCall): Error {
  if (!(error instanceof StripeSdk.errors.StripeError)) return error as Error;
  const reason = [error.type, error.statusCode, error.code].filter(Boolean).join(' ');
  const failed = { call, idempotencyKey, reason, cause: error };
  const undecided = () =>
    idempotencyKey && isOperation(call)
      ? new GatewayOutcomeUnknown({ ...failed, call, idempotencyKey })
      : new GatewayUnavailable(failed);

  // The first call under this key is still under way at Stripe: its outcome will be ours.
  if (error.code === 'idempotency_key_in_use') return undecided();
  if (error instanceof StripeSdk.errors.StripeRateLimitError || error.code === 'lock_timeout')
    return new GatewayUnavailable(failed);
  if (error instanceof StripeSdk.errors.StripeConnectionError) {
    const { code } = (error.detail ?? {}) as { code?: string };
    return NEVER_SENT.has(code ?? '') ? new GatewayUnavailable({ ...failed, reason: code ?? reason }) : undecided();
  }
  // Our key is not taken: Stripe has done nothing, and the same request goes through once the operator has mended it.
  if (
    error instanceof StripeSdk.errors.StripeAuthenticationError ||
    error instanceof StripeSdk.errors.StripePermissionError
  )
    return new GatewayUnavailable(failed);
  if (error instanceof StripeSdk.errors.StripeAPIError || (error.statusCode ?? 500) >= 500) return undecided();
  return new GatewayRequestRefused(failed);
}

const DECLINES: Record<string, DeclineReason> = {
  insufficient_funds: 'insufficient_funds',
  expired_card: 'card_expired',
  authentication_required: 'authentication_required',
  payment_intent_authentication_failure: 'authentication_failed',
  setup_intent_authentication_failure: 'authentication_failed',
  fraudulent: 'fraud',
  merchant_blacklist: 'fraud',
  lost_card: 'fraud',
  stolen_card: 'fraud',
  pickup_card: 'fraud',
};

/**
 * Sources: docs.stripe.com/declines/codes, docs.stripe.com/error-codes. What we do not tell apart is `card_declined`.
 */
export function declineReason({ code, decline_code }: { code?: string; decline_code?: string }): DeclineReason {
  return DECLINES[decline_code ?? ''] ?? DECLINES[code ?? ''] ?? 'card_declined';
}

/** A payment method that was charged without being saved is refused for ever, with neither code nor parameter. */
const isAboutMethod = ({ param, message }: StripeSdk.errors.StripeInvalidRequestError): boolean =>
  param === 'payment_method' || /PaymentMethod was previously used/i.test(message);

/** The decline an authorisation's error tells of, or undefined for an error that is none. */
export function declineOf(error: unknown): { reason: DeclineReason; authorisationId: string | null } | undefined {
  if (error instanceof StripeSdk.errors.StripeCardError) {
    return { reason: declineReason(error), authorisationId: error.payment_intent?.id ?? null };
  }
  if (error instanceof StripeSdk.errors.StripeInvalidRequestError && isAboutMethod(error))
    return { reason: 'card_invalid', authorisationId: null };
  return undefined;
}

const RULES: Record<string, Rejected['reason']> = {
  amount_too_large: 'amount_too_large',
  balance_insufficient: 'balance_insufficient',
  charge_already_captured: 'already_captured',
  charge_already_refunded: 'already_refunded',
  charge_disputed: 'charge_disputed',
  charge_expired_for_capture: 'not_authorised',
  insufficient_funds: 'balance_insufficient',
  refund_disputed_payment: 'charge_disputed',
};

/** Marks an error after which the intent's own status, not the error, decides. */
const DECIDED_BY_STATUS = new Set(['payment_intent_unexpected_state', 'charge_already_captured']);

/** Returns true for a refusal that only states that the intent is in another state than the call needs. */
export const isDecidedByStatus = (error: unknown): boolean =>
  error instanceof StripeSdk.errors.StripeInvalidRequestError && DECIDED_BY_STATUS.has(error.code ?? '');

/** Returns the broken rule that an error names; undefined for an error that names none. */
export function rejectionOf(error: unknown): Rejected | undefined {
  if (!(error instanceof StripeSdk.errors.StripeInvalidRequestError)) return undefined;
  const reason = RULES[error.code ?? ''];
  return reason && { status: 'rejected', reason };
}

/**
 * Returns the broken rule that the error of a refund names; undefined for an error that names none. Stripe refuses a
 * refund above the remaining amount without a code of its own: only the parameter is named.
 */
export function refundRejectionOf(error: unknown): Rejected | undefined {
  const rejected = rejectionOf(error);
  if (rejected?.reason === 'amount_too_large') return { status: 'rejected', reason: 'refund_exceeds_captured' };
  if (rejected || !(error instanceof StripeSdk.errors.StripeInvalidRequestError)) return rejected;
  const isTooLarge = error.param === 'amount' && !error.code && / greater than /.test(error.message);
  return isTooLarge ? { status: 'rejected', reason: 'refund_exceeds_captured' } : undefined;
}

const REFUND_FAILURES: Record<string, Rejected['reason']> = {
  charge_for_pending_refund_disputed: 'charge_disputed',
  insufficient_funds: 'balance_insufficient',
  lost_or_stolen_card: 'lost_or_stolen_card',
  expired_or_canceled_card: 'expired_or_canceled_card',
};

/** Returns the code of a refund's failure, by Stripe's `failure_reason`. */
export const refundFailureReason = (failureReason: string | null | undefined): Rejected['reason'] =>
  REFUND_FAILURES[failureReason ?? ''] ?? 'refund_failed';
