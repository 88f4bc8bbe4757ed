import type { ProblemTable } from '../problem';

/** Problems of sandboxes. */
export const sandboxProblems = {
  SANDBOX_ONLY: { status: 403, title: 'Only available in a sandbox' },
  CLOCK_ADVANCING: { status: 409, title: 'Clock is being advanced', retryAfterSeconds: 5, notKept: true },
  TIME_SKIPPING_UNAVAILABLE: { status: 501, title: 'Time skipping not available' },
  SANDBOX_RESETTING: { status: 503, title: 'Sandbox is being reset', retryAfterSeconds: 2 },
} as const satisfies ProblemTable;
