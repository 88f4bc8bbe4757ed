import type { Info } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { waitFor } from '../wait-for';

/**
 * Has the server give up a running attempt of an activity now, as if its start-to-close time were over: no workflow
 * needs shorter times for a test, and nobody waits half a minute. Resolves when the attempt no longer counts; the next
 * has the time it always had.
 */
export async function expireAttempt({ client, attempt }: { client: Client; attempt: Info }): Promise<void> {
  const { attempt: number, activityId, workflowExecution } = attempt;
  const { workflowId, runId } = workflowExecution!;
  const about = {
    namespace: client.options.namespace,
    workflowId,
    runId,
    activityId,
    resourceId: `workflow:${workflowId}`,
    identity: 'test',
  };
  const shortened = {
    activityOptions: { startToCloseTimeout: { nanos: 1_000_000 } },
    updateMask: { paths: ['start_to_close_timeout'] },
  };
  await client.workflowService.updateActivityExecutionOptions({ ...about, ...shortened });
  const isOver = async (): Promise<boolean> => {
    const { pendingActivities } = await client.workflowService.describeWorkflowExecution({
      namespace: about.namespace,
      execution: { workflowId, runId },
    });
    return !pendingActivities?.some((pending) => pending.activityId === activityId && pending.attempt === number);
  };
  await waitFor(isOver, { what: `attempt ${number} of ${attempt.activityType} to time out` });
  // On a machine that was slow to get here the next attempt is over too, and with it all that could be restored.
  await client.workflowService
    .updateActivityExecutionOptions({ ...about, restoreOriginal: true })
    .catch(() => undefined);
}
