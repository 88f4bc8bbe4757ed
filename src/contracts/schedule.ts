import type { TaskQueue } from './task-queues';

/** Periodic work that Temporal starts, once, whichever of the workers made the schedule. */
export interface Schedule {
  /** Never changes: under another id the work would be done twice. */
  id: string;
  /** Describes the work in a sentence, for whoever finds the schedule in Temporal. */
  about: string;
  everyMs: number;
  /** Starts that were missed for no longer than this are made up for, once. */
  catchUpMs: number;
  workflowType: string;
  /** Temporal appends the time of each start. */
  workflowId: string;
  taskQueue: TaskQueue;
  /** Marks the runs of the schedule; the same for every run. */
  input: Readonly<Record<string, unknown>>;
}

/** Defines a schedule, for the registry in `schedules.ts`. A start is left out while the one before still runs. */
export const defineSchedule = (schedule: Schedule): Schedule => schedule;
