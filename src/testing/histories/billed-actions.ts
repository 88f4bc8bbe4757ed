/** An event of a history: as the client returns it, or as JSON. */
export type HistoryEvent = Readonly<Record<string, unknown>>;

interface Named {
  name?: string | null;
}
interface Attributes {
  activityType?: Named | null;
  signalName?: string | null;
  acceptedRequest?: { input?: Named | null } | null;
}

/** The events that Temporal Cloud bills as one action each, with the name of what each of them did. */
const billed: Record<string, (attributes: Attributes) => string> = {
  workflowExecutionStarted: () => 'start',
  activityTaskScheduled: ({ activityType }) => `activity ${activityType?.name}`,
  timerStarted: () => 'timer',
  workflowExecutionSignaled: ({ signalName }) => `signal ${signalName}`,
  workflowExecutionUpdateAccepted: ({ acceptedRequest }) => `update ${acceptedRequest?.input?.name}`,
};

/**
 * Returns the actions that Temporal Cloud bills for a history, in its order: `start`, `timer`, `activity chargeCard`.
 * Retries and heartbeats of activities, queries, and the two actions of a schedule are billed too, but are in no
 * history. Runs in Node itself too: it imports nothing.
 * @see https://docs.temporal.io/cloud/actions
 */
export function billedActionsOf(events: readonly HistoryEvent[]): string[] {
  return events.flatMap((event) =>
    Object.entries(billed).flatMap(([type, nameOf]) => {
      const attributes = event[`${type}EventAttributes`] as Attributes | null | undefined;
      return attributes ? [nameOf(attributes)] : [];
    }),
  );
}
