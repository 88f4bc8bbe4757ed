import type { Client } from '@temporalio/client';
import { NO_FAILURE } from '../failed-tasks';
import { inBatches } from '../in-batches';

export interface Disturbances {
  /** Events that a change of workers must not leave: activities that timed out, and workflow tasks that failed. */
  disturbed: string[];
  /** Number of workflow tasks that went to another worker after their time, which costs nothing but this time. */
  lateTasks: number;
  /** Longest time between two events of a history. */
  longestPauseMs: number;
}

/** Reads from the histories of these workflows how a change of workers has disturbed them. */
export async function disturbedTasksOf(client: Client, workflowIds: readonly string[]): Promise<Disturbances> {
  const disturbed: string[] = [];
  let lateTasks = 0;
  let longestPauseMs = 0;
  await inBatches(workflowIds, async (workflowId) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    let beforeMs: number | null = null;
    for (const event of events ?? []) {
      // An attempt that timed out and is repeated has no event: the next attempt holds its failure.
      const { lastFailure } = event.activityTaskStartedEventAttributes ?? {};
      if (event.activityTaskTimedOutEventAttributes || lastFailure?.timeoutFailureInfo)
        disturbed.push(`${workflowId}: an activity timed out`);
      const failed = event.workflowTaskFailedEventAttributes;
      if (failed && failed.failure?.message !== NO_FAILURE)
        disturbed.push(`${workflowId}: a workflow task failed: ${failed.failure?.message}`);
      if (event.workflowTaskTimedOutEventAttributes) lateTasks += 1;
      const atMs: number = Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6;
      if (beforeMs !== null) longestPauseMs = Math.max(longestPauseMs, atMs - beforeMs);
      beforeMs = atMs;
    }
  });
  return { disturbed, lateTasks, longestPauseMs };
}
