import type { Client } from '@temporalio/client';

export interface FindUnpolledQueuesInput {
  client: Client;
  taskQueues: readonly string[];
  timeoutMs: number;
}

/**
 * Returns the task queues that workflows wait in though no worker has polled them for workflow or activity tasks within
 * five minutes, the time for which the server remembers a poller. Counts come from visibility and may lag by seconds.
 */
export async function findUnpolledQueues({
  client,
  taskQueues,
  timeoutMs,
}: FindUnpolledQueuesInput): Promise<{ taskQueue: string; running: number }[]> {
  const found = await client.withDeadline(Date.now() + timeoutMs, () =>
    Promise.all(
      taskQueues.map(async (taskQueue) => {
        const [running, workflowPollers, activityPollers] = await Promise.all([
          countRunning(client, taskQueue),
          countPollers(client, taskQueue, TASKS.workflow),
          countPollers(client, taskQueue, TASKS.activity),
        ]);
        return { taskQueue, running, pollers: Math.min(workflowPollers, activityPollers) };
      }),
    ),
  );
  return found
    .filter(({ running, pollers }) => running > 0 && pollers === 0)
    .map(({ taskQueue, running }) => ({ taskQueue, running }));
}

type TaskQueueType = NonNullable<Parameters<Client['workflowService']['describeTaskQueue']>[0]['taskQueueType']>;
/** `temporal.api.enums.v1.TaskQueueType`, which the client's types have and its code lacks. */
const TASKS = { workflow: 1, activity: 2 } as unknown as Record<'workflow' | 'activity', TaskQueueType>;

async function countRunning({ workflowService, options: { namespace } }: Client, taskQueue: string): Promise<number> {
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  return Number((await workflowService.countWorkflowExecutions({ namespace, query })).count);
}

async function countPollers(
  { workflowService, options: { namespace } }: Client,
  taskQueue: string,
  taskQueueType: TaskQueueType,
): Promise<number> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType,
  });
  return pollers.length;
}
