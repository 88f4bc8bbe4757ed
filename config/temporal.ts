import type { ActivityOptions, RetryPolicy } from '@temporalio/common';

/** The longest duration of one attempt of an activity. */
export const timeouts = {
  SHORT: '30 seconds',
  MEDIUM: '1 minute',
  LONG: '5 minutes',
  VERY_LONG: '15 minutes',
} as const;

/**
 * The retry policies. None limits the number of attempts: an activity ends with its result, with a non-retryable
 * failure, or at a business deadline. Giving up after three attempts would turn an unknown outcome into a failure
 * (docs/decisions/0003-retries-until-a-deadline.md).
 */
export const retryPolicies = {
  /** For writes to our own database, which succeed once the database is available again. */
  standard: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies Record<string, RetryPolicy>;

/**
 * Options of the activities that write to MongoDB or call the gateway: a response comes within two of its time limits
 * (10 s) or not at all. The retries outlast a gateway that is unavailable. Declines are results and never thrown;
 * should one arrive as an error all the same, a retry would only decline again.
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
/** Mails about reviews leave through the outbox, so a review's activities only write. */
export const listingActivityOptions = guardedWriteOptions;
/** A step of a sweep writes 500 listings in transactions of 100. */
export const listingSweepActivityOptions = { ...guardedWriteOptions, startToCloseTimeout: timeouts.MEDIUM } as const;
/** The search index must not hold up a sweep: it follows the events of the listings by itself. */
export const listingSweepSearchOptions = {
  ...listingSweepActivityOptions,
  retry: { ...listingSweepActivityOptions.retry, maximumAttempts: 3 },
} as const;
/** The checks call the URLs of images, for half a minute at most where they are away, with a heartbeat every 2 s. */
export const listingCheckOptions = {
  ...guardedWriteOptions,
  startToCloseTimeout: timeouts.MEDIUM,
  heartbeatTimeout: timeouts.SHORT,
} as const satisfies ActivityOptions;
/** Short guarded writes of a report. */
export const reportActivityOptions = guardedWriteOptions;
/** Work that grows with the rows of a report. The activities themselves give up after an hour of failures. */
export const reportWorkOptions = {
  ...guardedWriteOptions,
  startToCloseTimeout: timeouts.LONG,
  heartbeatTimeout: timeouts.SHORT,
} as const satisfies ActivityOptions;
/**
 * A step of the sweep of report schedules: up to 50 of them, with 31 reports each after an outage. The next sweep takes
 * over after three attempts, five minutes later.
 */
export const reportSweepOptions = {
  ...guardedWriteOptions,
  startToCloseTimeout: timeouts.LONG,
  heartbeatTimeout: timeouts.SHORT,
  retry: { ...retryPolicies.standard, maximumAttempts: 3 },
} as const satisfies ActivityOptions;
export const dailyReportOptions = guardedWriteOptions;
export const sandboxClockActivityOptions = guardedWriteOptions;

/**
 * Options of the step that moves a sandbox tenant's workflows: it sends a heartbeat every 2 s, and a step without
 * heartbeats is retried on another worker.
 */
export const advanceTenantOptions = {
  ...sandboxClockActivityOptions,
  startToCloseTimeout: timeouts.VERY_LONG,
  heartbeatTimeout: '10 seconds',
} as const satisfies ActivityOptions;
