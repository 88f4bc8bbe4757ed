import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { VisibleWorkflows, WorkflowSelection } from '../contracts/workflow-selection';

const CALL_TIMEOUT_MS = 10_000;
const PAGE_SIZE = 500;

/** The workflows according to Temporal, some of which an operator ends. */
export interface RunningWorkflows extends VisibleWorkflows {
  /** Ends a run immediately, without running its handlers; harmless when none runs. */
  terminate(input: { workflowId: string; reason: string }): Promise<void>;
}

export function createRunningWorkflows(client: Client): RunningWorkflows {
  const { workflowService, options } = client;
  const { namespace } = options;
  const bounded = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + CALL_TIMEOUT_MS, call);
  return {
    async *list(selection, atMost = Infinity) {
      const query = visibilityQuery(selection);
      let nextPageToken: Uint8Array | undefined;
      let left = atMost;
      do {
        const pageSize = Math.min(PAGE_SIZE, left);
        const request = { namespace, query, pageSize, nextPageToken };
        const page = await bounded(() => workflowService.listWorkflowExecutions(request));
        for (const { execution, startTime } of page.executions)
          yield { workflowId: execution?.workflowId ?? '', startedAt: dateOf(startTime) };
        left -= page.executions.length;
        nextPageToken = page.nextPageToken;
      } while (nextPageToken?.length && left > 0);
    },
    async count(selection) {
      const query = visibilityQuery(selection);
      const { count } = await bounded(() => workflowService.countWorkflowExecutions({ namespace, query }));
      return Number(count ?? 0);
    },
    async isRunning(workflowId) {
      try {
        const { status } = await bounded(() => client.workflow.getHandle(workflowId).describe());
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    async terminate({ workflowId, reason }) {
      try {
        await bounded(() => client.workflow.getHandle(workflowId).terminate(reason));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

const STATUS = {
  running: "ExecutionStatus = 'Running'",
  closed: "ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')",
} as const;

/** https://docs.temporal.io/list-filter; no id or type of ours contains a quote. */
function visibilityQuery({ status, workflowTypes, workflowIds, started, closed }: WorkflowSelection): string {
  const conditions: string[] = [STATUS[status]];
  const isIn = (field: string, values: readonly string[]) =>
    conditions.push(`${field} IN (${values.map((value) => `'${value}'`).join(', ')})`);
  if (workflowTypes) isIn('WorkflowType', workflowTypes);
  if (workflowIds) isIn('WorkflowId', workflowIds);
  for (const [field, interval] of [['StartTime', started] as const, ['CloseTime', closed] as const]) {
    if (interval?.from) conditions.push(`${field} >= '${interval.from.toISOString()}'`);
    if (interval) conditions.push(`${field} <= '${interval.until.toISOString()}'`);
  }
  return conditions.join(' AND ');
}

/** Returns the instant, rounded up to a millisecond. */
function dateOf(at: { seconds?: unknown; nanos?: number | null } | null | undefined): Date {
  return new Date(Number(at?.seconds ?? 0) * 1000 + Math.ceil((at?.nanos ?? 0) / 1e6));
}
