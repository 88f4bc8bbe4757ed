import type { WorkflowSelection, VisibleWorkflows } from '../../../contracts/workflow-selection';

interface VisibleWorkflow {
  startedAt: Date;
  closedAt: Date | null;
}

const HOUR_MS = 3_600_000;

/**
 * The queries to Temporal, over workflows that a test begins and ends; the system tests cover the real ones. Counts
 * what was called and how many workflows were returned.
 */
export function visibleWorkflows() {
  const workflows = new Map<string, VisibleWorkflow>();
  const calls: string[] = [];
  const counted = { listed: 0 };
  const isIn = (at: Date | null, interval?: { from?: Date; until: Date }): boolean =>
    interval === undefined ||
    (at !== null && at >= (interval.from ?? new Date(0)) && at.getTime() <= interval.until.getTime());

  function select({ status, workflowTypes, workflowIds, started, closed }: WorkflowSelection) {
    return [...workflows]
      .filter(
        ([workflowId, { startedAt, closedAt }]) =>
          (status === 'running') === (closedAt === null) &&
          (workflowTypes?.includes(workflowId.split('/')[0]!) ?? true) &&
          (workflowIds?.includes(workflowId) ?? true) &&
          isIn(startedAt, started) &&
          isIn(closedAt, closed),
      )
      .toSorted(([, one], [, other]) => other.startedAt.getTime() - one.startedAt.getTime())
      .map(([workflowId, { startedAt }]) => ({ workflowId, startedAt }));
  }

  const processes: VisibleWorkflows = {
    async *list(selection, atMost) {
      calls.push('list');
      const listed = select(selection).slice(0, atMost);
      counted.listed += listed.length;
      yield* listed;
    },
    count: async (selection) => {
      calls.push('count');
      return select(selection).length;
    },
    isRunning: async (workflowId) => workflows.get(workflowId)?.closedAt === null,
  };
  return {
    processes,
    /** Begins a workflow, by default long ago, each at another instant. */
    begin: (workflowId: string, startedAt = new Date(Date.now() - HOUR_MS - workflows.size)): void => {
      workflows.set(workflowId, { startedAt, closedAt: null });
    },
    end(workflowId: string, closedAt = new Date()): void {
      const startedAt = workflows.get(workflowId)?.startedAt ?? new Date(0);
      workflows.set(workflowId, { startedAt, closedAt });
    },
    clear: () => workflows.clear(),
    /** Returns the calls, and the number of workflows that they returned, since the last call. */
    taken: (): { calls: string[]; listed: number } => {
      const { listed } = counted;
      counted.listed = 0;
      return { calls: calls.splice(0), listed };
    },
  };
}
