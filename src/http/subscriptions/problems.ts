import type { ProblemTable } from '../problem';

/** The problems of subscriptions and their plans. */
export const subscriptionsProblems = {
  SUBSCRIPTION_CANCELLED: { status: 409, title: 'The subscription is cancelled' },
  SUBSCRIPTION_NOT_STARTED: { status: 409, title: 'The subscription has not started', notKept: true },
  SUBSCRIPTION_PAUSED: { status: 409, title: 'The subscription is paused' },
  SUBSCRIPTION_NOT_PAUSED: { status: 409, title: 'The subscription is not paused' },
  SUBSCRIPTION_RESUMING: { status: 409, title: 'The subscription is being resumed', notKept: true },
  INVOICE_OPEN: { status: 409, title: 'An invoice is open', notKept: true },
  CHANGE_WAITING: { status: 409, title: 'A change waits for the end of the period', notKept: true },
  NOTHING_TO_UNDO: { status: 409, title: 'Nothing waits to be undone' },
  QUANTITY_INVALID: { status: 422, title: 'The quantity is not valid' },
  PLAN_INVALID: { status: 422, title: 'The plan is not valid' },
  PLAN_UNKNOWN: { status: 422, title: 'The plan is not known' },
  PLAN_CURRENCY_DIFFERS: { status: 422, title: 'The plan is in another currency' },
  NOTHING_TO_CHANGE: { status: 422, title: 'It has this plan and quantity already' },
  SUBSCRIBER_INVALID: { status: 422, title: 'It is not clear who subscribes' },
  START_IN_PAST: { status: 422, title: 'The start has passed' },
  RESUME_IN_PAST: { status: 422, title: 'The resumption has passed' },
  INTERVAL_INVALID: { status: 422, title: 'The interval is not valid' },
  ANCHOR_DAY_INVALID: { status: 422, title: 'The anchor day is not valid' },
  DUNNING_INVALID: { status: 422, title: 'The dunning ladder is not valid' },
  REFUND_NOT_APPLICABLE: { status: 422, title: 'There is nothing to refund with it' },
  PAYMENT_METHOD_MISSING: { status: 422, title: 'The payment method is missing' },
} as const satisfies ProblemTable;
