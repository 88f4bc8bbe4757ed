/**
 * True when a child could not be started because one with its id still runs, which an earlier run of the parent started
 * before it was ended from outside.
 */
export const runsElsewhere = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
