import type { Client } from '@temporalio/client';
import { describeWorkflow, type WorkflowSnapshot } from './time-skipping-api';

export interface DescribeChildrenInput {
  client: Client;
  of: Pick<WorkflowSnapshot, 'children'>;
}

/** Returns the children that a workflow waits for, as Temporal reports them, each followed by its own children. */
export async function describeChildren({ client, of }: DescribeChildrenInput): Promise<WorkflowSnapshot[]> {
  const trees = await Promise.all(
    of.children.map(async (workflowId) => {
      const child = await describeWorkflow({ client, workflowId });
      return child ? [child, ...(await describeChildren({ client, of: child }))] : [];
    }),
  );
  return trees.flat();
}

/** Returns a text that changes whenever one of the workflows records an event, starts or ends. */
export function movementOf(workflows: readonly WorkflowSnapshot[]): string {
  return workflows.map(({ workflowId, runId, historyLength }) => `${workflowId}/${runId}/${historyLength}`).join(' ');
}
