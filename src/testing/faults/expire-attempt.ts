import type { Info } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { waitFor } from '../wait-for';

/**
 * Makes the server time out a running attempt of an activity now, so that no workflow needs shorter timeouts for a test
 * and no test waits half a minute. Resolves when the attempt has timed out; the next attempt has its usual time.
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
  // On a slow machine the next attempt may be over too, and then there are no options to restore.
  await client.workflowService
    .updateActivityExecutionOptions({ ...about, restoreOriginal: true })
    .catch(() => undefined);
}
