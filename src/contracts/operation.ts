export const operationTypes = ['advance_clock'] as const;
export type OperationType = (typeof operationTypes)[number];

export const operationStates = ['running', 'completed', 'failed'] as const;
export type OperationState = (typeof operationStates)[number];

/** Why an advance ended early. The clock stands at the last hop that everything had reached. */
export const advanceFailureCodes = [
  /** A workflow did not move for 30 s: nobody takes its tasks, or a step does not end. */
  'WORKFLOW_STALLED',
  /** A step of a workflow failed again and again for 30 s. */
  'ACTIVITY_FAILING',
  'TIME_SKIPPING_UNAVAILABLE',
  'CANCELLED',
  'INTERNAL',
] as const;

export interface OperationFailure {
  code: (typeof advanceFailureCodes)[number];
  /** For a person: what is in the way and what to do about it. */
  detail: string;
  /** The workflow that could not go on. */
  workflowId: string | null;
}
