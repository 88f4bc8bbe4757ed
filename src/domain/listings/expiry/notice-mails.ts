import { APPROVALS_SETTLE_MS } from '../approval-mails';

/**
 * How long a mail about reminders or ends waits, in milliseconds of real time: five minutes for other listings of the
 * owner, whose notices are due at the same time of the day, and the time for their commits.
 */
export const NOTICES_WAIT_MS = 5 * 60_000 + APPROVALS_SETTLE_MS;
