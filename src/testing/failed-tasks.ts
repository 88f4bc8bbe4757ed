import type { Client } from '@temporalio/client';

/** The server's message when an event arrived while a workflow was ending; the task is repeated. */
export const NO_FAILURE = 'UnhandledCommand';

/** Returns the errors in a workflow's own code, which Temporal hides by retries, and any abnormal end. */
export async function failedTasksOf(client: Client, workflowId: string): Promise<string[]> {
  const handle = client.workflow.getHandle(workflowId);
  const [{ events }, { status }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const messages = (events ?? []).map(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message);
  const failures = messages.flatMap((message) =>
    message && message !== NO_FAILURE ? [`${workflowId}: ${message}`] : [],
  );
  return ['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW'].includes(status.name)
    ? failures
    : [...failures, `${workflowId} is ${status.name}`];
}
