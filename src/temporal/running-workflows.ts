import { type Client, WorkflowNotFoundError } from '@temporalio/client';

const CALL_TIMEOUT_MS = 10_000;

/** The workflows that run according to Temporal; the reconciler compares them with the entities in MongoDB. */
export interface RunningWorkflows {
  /** Lists every running workflow of a type, from visibility: may lag by seconds. */
  listRunning(workflowType: string): AsyncIterable<{ workflowId: string }>;
  /** Resolves to true while the workflow runs; read from its own state, so exact. */
  isRunning(workflowId: string): Promise<boolean>;
  /** Ends a run immediately, without running its handlers; harmless when none runs. */
  terminate(input: { workflowId: string; reason: string }): Promise<void>;
}

export function createRunningWorkflows(client: Client): RunningWorkflows {
  const bounded = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
  return {
    async *listRunning(workflowType) {
      const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
      let nextPageToken: Uint8Array | undefined;
      do {
        const page = await bounded(() =>
          client.workflowService.listWorkflowExecutions({
            namespace: client.options.namespace,
            query,
            pageSize: 500,
            nextPageToken,
          }),
        );
        for (const { execution } of page.executions) yield { workflowId: execution?.workflowId ?? '' };
        nextPageToken = page.nextPageToken;
      } while (nextPageToken?.length);
    },
    async isRunning(workflowId) {
      try {
        const { status } = await bounded(() => client.workflow.getHandle(workflowId).describe());
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async terminate({ workflowId, reason }) {
      try {
        await bounded(() => client.workflow.getHandle(workflowId).terminate(reason));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}
