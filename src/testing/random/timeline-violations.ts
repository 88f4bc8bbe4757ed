import type { Event } from '../../models/event';

export interface TimelineViolationsInput<State extends string> {
  /** Of one entity, by version. */
  events: readonly Event[];
  /** The entity's own version. */
  version: number;
  /** Where an event leads to, given where it stood before; an event that moves nothing leads to the same. */
  stateOf: (event: Event, before: State | null) => State;
  canMove: (from: State, to: State) => boolean;
}

/** What is wrong with the order of an entity's events, and with the way they lead it. Visits each arrow. */
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
          `before the one before it (${earlier.type}, ${earlier.at.toISOString()})`,
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
