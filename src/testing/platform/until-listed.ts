import type { RunningWorkflows } from '../../temporal/running-workflows';
import { waitFor } from '../wait-for';

export interface UntilListedInput {
  workflows: Pick<RunningWorkflows, 'list'>;
  workflowType: string;
  /** The ids of running workflows. */
  running: readonly string[];
  /** The ids of ended workflows. */
  ended: readonly string[];
}

/** Waits until Temporal's list of running workflows, which lags behind, is up to date for these workflows. */
export async function untilListed({ workflows, workflowType, running, ended }: UntilListedInput): Promise<void> {
  await waitFor(
    async () => {
      const listed = new Set(
        (await Array.fromAsync(workflows.list({ status: 'running', workflowTypes: [workflowType] }))).map(
          ({ workflowId }) => workflowId,
        ),
      );
      return running.every((id) => listed.has(id)) && !ended.some((id) => listed.has(id));
    },
    { what: `the list of every ${workflowType} to be up to date` },
  );
}
