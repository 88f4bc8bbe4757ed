import type { ProblemTable } from '../problem';

/** Problems of payments and their gateways. */
export const paymentsProblems = {
  WEBHOOK_SIGNATURE_INVALID: { status: 400, title: 'Invalid webhook signature' },
  PAYMENT_NOT_CAPTURABLE: { status: 409, title: 'Payment cannot be captured', notKept: true },
  PAYMENT_NOT_IN_REVIEW: { status: 409, title: 'Payment is not in review', notKept: true },
  PAYMENT_NOT_REFUNDABLE: { status: 409, title: 'Payment cannot be refunded', notKept: true },
  PAYMENT_ALREADY_ENDED: { status: 409, title: 'Payment has already ended' },
  NOTHING_TO_REFUND: { status: 409, title: 'Nothing to refund', notKept: true },
  GATEWAY_NOT_CONFIGURED: { status: 409, title: 'Payment gateway not configured' },
  AMOUNT_NOT_IN_STEPS: { status: 422, title: 'Amount not supported by the gateway' },
  CAPTURE_EXCEEDS_AUTHORISATION: { status: 422, title: 'Capture exceeds the authorised amount' },
  REFUND_EXCEEDS_CAPTURED: { status: 422, title: 'Refund exceeds the captured amount' },
  DENY_LIST_INVALID: { status: 422, title: 'Invalid deny list' },
  GATEWAY_UNAVAILABLE: { status: 503, title: 'Payment gateway unavailable', retryAfterSeconds: 5 },
} as const satisfies ProblemTable;
