import type { ProblemTable } from '../problem';

/** Problems of subscriptions and their plans. */
export const subscriptionsProblems = {
  SUBSCRIPTION_CANCELLED: { status: 409, title: 'Subscription has ended' },
  SUBSCRIPTION_NOT_STARTED: { status: 409, title: 'Subscription has not started', notKept: true },
  SUBSCRIPTION_PAUSED: { status: 409, title: 'Subscription is paused' },
  SUBSCRIPTION_NOT_PAUSED: { status: 409, title: 'Subscription is not paused' },
  SUBSCRIPTION_RESUMING: { status: 409, title: 'Subscription is being resumed', notKept: true },
  INVOICE_OPEN: { status: 409, title: 'Subscription has an open invoice', notKept: true },
  PREVIEW_OUTDATED: { status: 409, title: 'Preview is outdated' },
  CHANGE_WAITING: { status: 409, title: 'A change is already scheduled', notKept: true },
  NOTHING_TO_UNDO: { status: 409, title: 'Nothing to undo' },
  QUANTITY_INVALID: { status: 422, title: 'Invalid quantity' },
  PLAN_INVALID: { status: 422, title: 'Invalid plan' },
  PLAN_UNKNOWN: { status: 422, title: 'Unknown plan' },
  PLAN_CURRENCY_DIFFERS: { status: 422, title: 'Plan currency mismatch' },
  NOTHING_TO_CHANGE: { status: 422, title: 'Nothing to change' },
  SUBSCRIBER_INVALID: { status: 422, title: 'Invalid subscriber' },
  START_IN_PAST: { status: 422, title: 'Start is in the past' },
  RESUME_IN_PAST: { status: 422, title: 'Resume date is in the past' },
  INTERVAL_INVALID: { status: 422, title: 'Invalid interval' },
  ANCHOR_DAY_INVALID: { status: 422, title: 'Invalid anchor day' },
  DUNNING_INVALID: { status: 422, title: 'Invalid dunning schedule' },
  REFUND_NOT_APPLICABLE: { status: 422, title: 'Refund not applicable' },
  PAYMENT_METHOD_UNUSABLE: { status: 422, title: 'Payment method cannot be used' },
  PAYMENT_METHOD_MISSING: { status: 422, title: 'Payment method missing' },
} as const satisfies ProblemTable;
