import type { Client } from '@temporalio/client';

/** The server's own word where something new came while a workflow was ending: it looks again. */
const NO_FAILURE = 'UnhandledCommand';

/** What went wrong in a workflow's own code, which Temporal hides by trying again; and an ending that is none. */
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
