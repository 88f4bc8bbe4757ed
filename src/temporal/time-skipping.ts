import type { Client } from '@temporalio/client';

export interface AdvanceWorkflowInput {
  client: Client;
  workflowId: string;
  byMs: number;
  /** Gives up when the workflow has not arrived by then; real time. */
  timeoutMs: number;
}

const COMPLETED_OR_ENDED = 2;
/** The server stops after 100 timers otherwise. */
const MAX_SKIPS = 10_000;

/**
 * Moves one workflow's clock, firing every timer on the way, with the time skipping of Temporal Server 1.32 and newer
 * (`frontend.WorkflowTimeSkippingEnabled`). Resolves when the workflow has arrived or has ended; other workflows are untouched.
 * Children do not skip: propagation is switched off, because it does not carry the target.
 */
export async function advanceWorkflow({ client, workflowId, byMs, timeoutMs }: AdvanceWorkflowInput): Promise<void> {
  const { namespace } = client.options;
  const workflowExecution = { workflowId };
  const fastForwardId = `ff-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const giveUpAt = Date.now() + timeoutMs;
  await client.withDeadline(giveUpAt, async () => {
    await client.workflowService.updateWorkflowExecutionOptions({
      namespace,
      workflowExecution,
      workflowExecutionOptions: {
        timeSkippingConfig: {
          enabled: true,
          disablePropagation: true,
          maxSessionSkipCount: MAX_SKIPS,
          fastForwardConfig: { id: fastForwardId, duration: { seconds: Math.floor(byMs / 1000) as never, nanos: (byMs % 1000) * 1_000_000 } },
        },
      },
      updateMask: { paths: ['time_skipping_config'] },
    });
    for (;;) {
      const poll = await client.workflowService.pollWorkflowExecutionTimeSkipping({ namespace, workflowExecution, fastForwardId });
      if (poll.fastForwardInfo?.hasCompleted || Number(poll.fastForwardPollingResult) >= COMPLETED_OR_ENDED) return;
      if (Date.now() > giveUpAt) throw new Error(`${workflowId} did not arrive within ${timeoutMs} ms`);
    }
  });
}
