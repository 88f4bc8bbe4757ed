import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

export interface FastForwardWorkflowInput {
  client: Client;
  workflowId: string;
  byMs: number;
}

/** Makes the server skip from timer to timer. Resolves when the workflow has reached the time or has ended. */
export async function fastForwardWorkflow({ client, workflowId, byMs }: FastForwardWorkflowInput): Promise<void> {
  const { namespace } = client.options;
  const workflowExecution = { workflowId };
  const fastForwardId = randomUUID();
  const fastForwardConfig = { id: fastForwardId, duration: { seconds: Math.floor(byMs / 1000) as never } };
  const timeSkippingConfig = {
    enabled: true,
    disablePropagation: true,
    maxSessionSkipCount: 10_000,
    fastForwardConfig,
  };
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    workflowExecutionOptions: { timeSkippingConfig },
    updateMask: { paths: ['time_skipping_config'] },
  });
  for (let isThere = false; !isThere;) {
    const poll = await client.workflowService.pollWorkflowExecutionTimeSkipping({
      namespace,
      workflowExecution,
      fastForwardId,
    });
    isThere = poll.fastForwardInfo?.hasCompleted === true || (poll.fastForwardPollingResult as number) >= 2;
  }
}
