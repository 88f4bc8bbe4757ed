import type { ProblemTable } from '../problem';

/** The problems of sandboxes. */
export const sandboxProblems = {
  SANDBOX_ONLY: { status: 403, title: 'Only in a sandbox' },
  CLOCK_ADVANCING: { status: 409, title: 'The clock is being advanced', retryAfterSeconds: 5, notKept: true },
  TIME_SKIPPING_UNAVAILABLE: { status: 501, title: 'The server cannot skip time' },
  SANDBOX_RESETTING: { status: 503, title: 'The sandbox is being reset', retryAfterSeconds: 2 },
} as const satisfies ProblemTable;
