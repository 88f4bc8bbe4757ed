import type { Actor } from '../domain/actor';

/**
 * Every command to a running process carries its id (the update id) and its sender; texts and personal data are stored
 * in MongoDB under that id.
 */
export interface CommandInput {
  commandId: string;
  by: Actor;
}

/** The outcome of an applied command; stored with its event, so a repeat returns the same. */
export interface CommandOutcome<State extends string = string> {
  state: State;
  /** Business time, ISO 8601. */
  at: string;
}

/** Returns the name of the step, unique per entity, under which a command's effect is recorded. */
export function commandStep(commandId: string): string {
  return `command/${commandId}`;
}

/** Failure types that cross from workflows and activities to the api in `ApplicationFailure.type`. */
export const ILLEGAL_STATE = 'ILLEGAL_STATE';
/** Another run owns the entity. */
export const ENTITY_NOT_OURS = 'ENTITY_NOT_OURS';

/** The reason that a process records when Temporal itself cancelled it. */
export const CANCELLED_IN_TEMPORAL = 'cancelled_in_temporal';
