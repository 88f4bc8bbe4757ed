import type { Actor } from '../domain/actor';

/**
 * Every command to a running process carries its id (the update id) and who sent it; texts and personal data wait in
 * MongoDB under that id.
 */
export interface CommandInput {
  commandId: string;
  by: Actor;
}

/** What an applied command answers; kept with its event, so a repeat gets the same. */
export interface CommandOutcome<State extends string = string> {
  state: State;
  /** Business time, ISO 8601. */
  at: string;
}

/** The name of the step, unique per entity, under which a command's effect is recorded. */
export function commandStep(commandId: string): string {
  return `command/${commandId}`;
}

/** Failure types that cross from workflows and activities to the api in `ApplicationFailure.type`. */
export const ILLEGAL_STATE = 'ILLEGAL_STATE';
/** The run lost its entity: another run owns it. */
export const ENTITY_NOT_OURS = 'ENTITY_NOT_OURS';

/** The reason that a process gives which Temporal itself cancelled: it does not know a better one. */
export const CANCELLED_IN_TEMPORAL = 'cancelled_in_temporal';
