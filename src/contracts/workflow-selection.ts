/** Selects workflows in Temporal's visibility, which may lag by seconds: all conditions that are given hold. */
export interface WorkflowSelection {
  /** `closed`: ended, and not continued as new. */
  status: 'running' | 'closed';
  workflowTypes?: readonly string[];
  workflowIds?: readonly string[];
  /** Instants, both included. In a sandbox whose clock was moved a workflow may carry the sandbox's time. */
  started?: { from?: Date; until: Date };
  closed?: { from: Date; until: Date };
}

export interface ListedWorkflow {
  workflowId: string;
  /** Rounded up to a millisecond. */
  startedAt: Date;
}

/** The workflows according to Temporal, as the reconciler compares them with the entities in MongoDB. */
export interface VisibleWorkflows {
  /** Lists the selected workflows, the last started first, from visibility: may lag by seconds. */
  list(selection: WorkflowSelection, atMost?: number): AsyncIterable<ListedWorkflow>;
  /** Counts the selected workflows, in visibility: may lag by seconds. */
  count(selection: WorkflowSelection): Promise<number>;
  /** Resolves to true while the workflow runs; read from its own state, so exact. */
  isRunning(workflowId: string): Promise<boolean>;
}
