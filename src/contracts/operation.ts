export const operationTypes = ['advance_clock', 'expire_listings', 'backfill_reports'] as const;
export type OperationType = (typeof operationTypes)[number];

export const operationStates = ['running', 'completed', 'failed'] as const;
export type OperationState = (typeof operationStates)[number];

/** The listings that a sweep has handled. */
export interface SweepCounts {
  /** Moved to `expired`. */
  expired: number;
  /** Reminded of their end. */
  reminded: number;
  /** Whose end their owners are notified of. */
  ended: number;
}

/** The order of a sweep, and what it has done. */
export interface OrderedSweep {
  /** Null for the tenants of all partners. */
  partnerId: string | null;
  /** Only counts what is due. */
  dryRun: boolean;
  counts: SweepCounts;
}

/** The order of a backfill of a schedule of reports. */
export interface OrderedBackfill {
  scheduleId: string;
  /** The schedule's when the backfill was ordered: they say which windows the range has. */
  period: 'day' | 'week' | 'month' | 'quarter';
  timeZone: string;
  /** Local dates, both included. */
  dates: { from: string; to: string };
  /** True where the reports are mailed to the recipients of the schedule. */
  deliver: boolean;
  /** The windows that have a report, or the code of a refusal, by now. */
  accepted: number;
  /** No window is left to accept: the operation ends with the last of its reports. */
  isAccepted: boolean;
}

/** Codes of an advance that ended early. The clock stays at the last hop that every workflow reached. */
export const advanceFailureCodes = [
  /** Nothing of a process, its children included, moved for 45 s: no worker takes its tasks, or a step does not end. */
  'WORKFLOW_STALLED',
  /** A step of a process kept failing for 45 s. */
  'ACTIVITY_FAILING',
  'TIME_SKIPPING_UNAVAILABLE',
  'CANCELLED',
  'INTERNAL',
] as const;

export interface OperationFailure {
  code: (typeof advanceFailureCodes)[number];
  /** Describes the obstacle and the remedy to a person. */
  detail: string;
  /** The workflow that stopped the advance. */
  workflowId: string | null;
}
