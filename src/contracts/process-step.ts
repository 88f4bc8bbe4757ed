import type { Actor } from '../domain/actor';

/** A step of a process, as its activity receives it beside the entity's ids. */
export interface ProcessStep {
  /** The first run id of the calling chain; activities do not touch an entity that another chain owns. */
  chain: string;
  /** The step's name with its occurrence, unique per entity. */
  step: string;
  /** The workflow's time, ISO 8601. */
  at: string;
}

/** The command that led to a step; its texts and personal data are stored in MongoDB under its id. */
export interface StepCommand {
  id: string;
  by: Actor;
}
