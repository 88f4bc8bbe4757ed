const msOf = ({ eventTime: { seconds, nanos } }) => Number(seconds) * 1000 + nanos / 1e6;

/** The ends of tasks in a history, by what the tasks are. */
const ENDS = {
  'workflow tasks': 'workflowTaskCompletedEventAttributes',
  activities: 'activityTaskCompletedEventAttributes',
};

/**
 * Returns the milliseconds of a payment's stages until its last activity has ended, from the events of its workflow:
 * before the workflow starts, and those in which its tasks wait for a worker and are worked on.
 */
export function stagesOf(events, { requestedAtMs }) {
  const timeOf = new Map(events.map((event) => [Number(event.eventId), msOf(event)]));
  const at = (eventId) => timeOf.get(Number(eventId));
  const captured = Math.max(...events.filter((event) => event[ENDS.activities]).map(msOf));
  const stages = { 'until the workflow starts': msOf(events[0]) - requestedAtMs };
  for (const [tasks, attributes] of Object.entries(ENDS)) {
    const ends = events.filter((event) => event[attributes] && msOf(event) <= captured);
    const sum = (from, to) => ends.reduce((ms, event) => ms + to(event) - from(event[attributes]), 0);
    const startOf = ({ startedEventId }) => at(startedEventId);
    stages[`${tasks}: waiting for a worker`] = sum(
      ({ scheduledEventId }) => at(scheduledEventId),
      (event) => startOf(event[attributes]),
    );
    stages[`${tasks}: at work`] = sum(startOf, msOf);
  }
  return stages;
}
