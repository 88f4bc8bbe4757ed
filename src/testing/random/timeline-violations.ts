import type { Event } from '../../models/event';

export interface TimelineViolationsInput<State extends string> {
  /** The events of one entity, by version. */
  events: readonly Event[];
  /** The entity's own version. */
  version: number;
  /** Returns the state after an event, given the state before; most events keep the state. */
  stateOf: (event: Event, before: State | null) => State;
  canMove: (from: State, to: State) => boolean;
}

/** Returns the violations in the order of an entity's events and in its transitions. Visits each transition. */
export function timelineViolations<State extends string>(
  { events, version, stateOf, canMove }: TimelineViolationsInput<State>,
  visit: (arrow: string) => void = () => undefined,
): string[] {
  const problems: string[] = [];
  let before: State | null = null;
  for (const [index, event] of events.entries()) {
    const earlier = events[index - 1];
    if (earlier && event.at < earlier.at)
      problems.push(
        `event ${index + 1} (${event.type}) is dated ${event.at.toISOString()}, ` +
          `before the previous one (${earlier.type}, ${earlier.at.toISOString()})`,
      );
    if (event.version !== index + 1) problems.push(`event ${index + 1} (${event.type}) has version ${event.version}`);
    const state = stateOf(event, before);
    if (before !== null && state !== before) {
      visit(`${before} → ${state}`);
      if (!canMove(before, state))
        problems.push(`illegal transition from ${before} to ${state} by ${event.type} (${event.step})`);
    }
    before = state;
  }
  if (version !== events.length) problems.push(`the entity has version ${version} and ${events.length} events`);
  return problems;
}
