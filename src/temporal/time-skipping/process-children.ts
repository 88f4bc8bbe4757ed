import type { Client } from '@temporalio/client';
import type { Movement } from './stall-watch';
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

/** Returns the movement of workflows: their progress, and the attempts of their activities that were put off. */
export function movementOf(workflows: readonly WorkflowSnapshot[]): Movement {
  return {
    progress: workflows
      .map(({ workflowId, runId, historyLength }) => `${workflowId}/${runId}/${historyLength}`)
      .join(' '),
    putOff: workflows.reduce((sum, { putOff }) => sum + putOff, 0),
  };
}
