const MINUTE_MS = 60_000;

/**
 * How long before a mail that collects for an owner is due it takes no more, in milliseconds of real time: a
 * transaction that began earlier has committed by then, since MongoDB ends each after a minute.
 */
export const COLLECTED_SETTLE_MS = 2 * MINUTE_MS;

/** How long a mail about approvals waits: for approvals of the same owner for ten minutes, and for their commits. */
export const APPROVALS_WAIT_MS = 10 * MINUTE_MS + COLLECTED_SETTLE_MS;

/**
 * How long a mail about reminders or ends waits: five minutes for other listings of the owner, whose notices are due at
 * the same time of the day, and the time for their commits.
 */
export const NOTICES_WAIT_MS = 5 * MINUTE_MS + COLLECTED_SETTLE_MS;
