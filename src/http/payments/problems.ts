import type { ProblemTable } from '../problem';

/** The problems of payments and their gateway. */
export const paymentsProblems = {
  WEBHOOK_SIGNATURE_INVALID: { status: 400, title: 'The webhook is not signed by the gateway' },
  PAYMENT_NOT_CAPTURABLE: { status: 409, title: 'The payment cannot be captured', notKept: true },
  PAYMENT_NOT_IN_REVIEW: { status: 409, title: 'The payment is not in review', notKept: true },
  PAYMENT_NOT_REFUNDABLE: { status: 409, title: 'The payment cannot be refunded', notKept: true },
  PAYMENT_ALREADY_ENDED: { status: 409, title: 'The payment has ended' },
  NOTHING_TO_REFUND: { status: 409, title: 'Nothing is left to refund', notKept: true },
  GATEWAY_NOT_CONFIGURED: { status: 409, title: 'There is no payment gateway' },
  AMOUNT_NOT_IN_STEPS: { status: 422, title: 'The gateway does not take this amount' },
  CAPTURE_EXCEEDS_AUTHORISATION: { status: 422, title: 'More than was authorised' },
  REFUND_EXCEEDS_CAPTURED: { status: 422, title: 'More than can be refunded' },
  DENY_LIST_INVALID: { status: 422, title: 'The deny list is not valid' },
  GATEWAY_UNAVAILABLE: { status: 503, title: 'Not available at the moment', retryAfterSeconds: 5 },
} as const satisfies ProblemTable;
