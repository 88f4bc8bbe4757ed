import type { RunningWorkflows } from '../../temporal/running-workflows';
import { waitFor } from '../wait-for';

export interface UntilListedInput {
  workflows: Pick<RunningWorkflows, 'listRunning'>;
  workflowType: string;
  /** Ids of workflows that run. */
  running: readonly string[];
  /** Ids of workflows that have ended. */
  ended: readonly string[];
}

/** Waits until Temporal's lagging list of what runs tells the truth about these workflows. */
export async function untilListed({ workflows, workflowType, running, ended }: UntilListedInput): Promise<void> {
  await waitFor(
    async () => {
      const listed = new Set(
        (await Array.fromAsync(workflows.listRunning(workflowType))).map(({ workflowId }) => workflowId),
      );
      return running.every((id) => listed.has(id)) && !ended.some((id) => listed.has(id));
    },
    { what: `the list of every ${workflowType} to be true` },
  );
}
