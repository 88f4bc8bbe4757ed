import type { ActivityOptions, RetryPolicy } from '@temporalio/common';

/** How long one attempt of an activity may take. */
export const timeouts = {
  SHORT: '30 seconds',
  MEDIUM: '1 minute',
  LONG: '5 minutes',
  VERY_LONG: '15 minutes',
} as const;

/**
 * The retry policies. None limits the number of attempts: an activity ends with its result, with a non-retryable
 * failure, or at a business deadline. Giving up after three attempts would call an unknown outcome a failure
 * (docs/decisions/0003-retries-until-a-deadline.md).
 */
export const retryPolicies = {
  /** For writes to our own database: they succeed once it is back. */
  standard: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies Record<string, RetryPolicy>;

/**
 * Options of the activities that write to MongoDB or call the gateway: an answer comes within two of its time limits
 * (10 s) or not at all. The retries outlast a gateway that is unavailable. Declines are results and never thrown;
 * should one come as an error all the same, a retry would only decline again.
 */
export const paymentActivityOptions = {
  startToCloseTimeout: timeouts.SHORT,
  retry: { ...retryPolicies.standard, nonRetryableErrorTypes: ['FraudDetectedError', 'InsufficientFundsError'] },
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ActivityOptions;

/** Options of short guarded writes to MongoDB. */
const guardedWriteOptions = {
  startToCloseTimeout: timeouts.SHORT,
  retry: retryPolicies.standard,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ActivityOptions;

/** An onboarding's mails leave through the outbox, so its activities only write. */
export const onboardingActivityOptions = guardedWriteOptions;
/** A subscription's money moves in the child that runs the payment, so its activities only write. */
export const subscriptionActivityOptions = guardedWriteOptions;
export const sandboxClockActivityOptions = guardedWriteOptions;

/**
 * Options of the step that moves a sandbox tenant's workflows: it reports every 2 s, and one that falls silent goes on
 * elsewhere.
 */
export const advanceTenantOptions = {
  ...sandboxClockActivityOptions,
  startToCloseTimeout: timeouts.VERY_LONG,
  heartbeatTimeout: '10 seconds',
} as const satisfies ActivityOptions;
