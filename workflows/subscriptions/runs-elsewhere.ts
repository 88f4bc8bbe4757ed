/**
 * Whether a child could not be started because one of its id still runs: that of a run before, which an operator ended
 * from outside.
 */
export const runsElsewhere = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
