/**
 * Returns true when a child could not start because a child with the same id still runs. An earlier run of the parent,
 * ended from outside, has started that child.
 */
export const runsElsewhere = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
