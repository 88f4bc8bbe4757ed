const MINUTE_MS = 60_000;

/**
 * How long before a mail about approvals is due it takes no more, in milliseconds of real time: a transaction that
 * began earlier has committed by then, since MongoDB ends each after a minute.
 */
export const APPROVALS_SETTLE_MS = 2 * MINUTE_MS;

/** How long such a mail waits: for approvals of the same owner for ten minutes, and for their commits. */
export const APPROVALS_WAIT_MS = 10 * MINUTE_MS + APPROVALS_SETTLE_MS;
