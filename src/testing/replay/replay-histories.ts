import { Worker, type WorkflowBundleOption } from '@temporalio/worker';

/** A history as it is stored in JSON. */
export interface KeptHistory {
  events: (Record<string, unknown> & {
    eventId: string;
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  })[];
}

export interface NamedHistory {
  name: string;
  history: KeptHistory;
}

/** Returns the workflow type of a history. */
export const workflowTypeOf = ({ events }: KeptHistory): string =>
  events[0]!.workflowExecutionStartedEventAttributes!.workflowType.name;

/**
 * Replays histories one after another on one worker, which loads the workflows once. Returns the failures by name; null
 * when the code makes the decisions of the history.
 */
export async function replayHistories(
  workflowBundle: WorkflowBundleOption,
  histories: readonly NamedHistory[],
): Promise<Map<string, Error | null>> {
  const failures = new Map<string, Error | null>();
  const entries = histories.map(({ name, history }) => ({ workflowId: name, history }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, entries))
    failures.set(workflowId, error ?? null);
  return failures;
}

/**
 * Describes a failed replay: workflow, history, and the numbers and types of the first events that the code does not
 * produce. These are found by replaying ever longer beginnings of the history, each up to a decision.
 */
export async function describeFailure(
  workflowBundle: WorkflowBundleOption,
  { name, history }: NamedHistory,
  failure: Error,
): Promise<string> {
  const { events } = history;
  const decidedAt = events.flatMap(({ eventType }, index) =>
    eventType === 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED' ? [index] : [],
  );
  const beginnings = decidedAt.map((index, place) => ({
    name: events[index]!.eventId,
    history: { events: events.slice(0, (decidedAt[place + 1] ?? events.length - 1) + 1) },
  }));
  const failures = await replayHistories(workflowBundle, beginnings);
  const first = beginnings.find((beginning) => failures.get(beginning.name));
  const decisions = events
    .filter((event) => first !== undefined && decisionOf(event) === first.name)
    .map(({ eventId, eventType }) => `${eventId} ${eventType.replace('EVENT_TYPE_', '')}`);
  return `${workflowTypeOf(history)} contradicts ${name} at event ${decisions.join(', ')}: ${failure.message}`;
}

/** Returns the completed workflow task that caused an event; undefined for an external event. */
function decisionOf(event: KeptHistory['events'][number]): string | undefined {
  const attributes = Object.values(event) as ({ workflowTaskCompletedEventId?: string } | null)[];
  return attributes.find((value) => value?.workflowTaskCompletedEventId !== undefined)?.workflowTaskCompletedEventId;
}
