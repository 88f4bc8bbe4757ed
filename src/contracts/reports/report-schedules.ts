import type { OperationFailure } from '../operation';

export const REPORT_SCHEDULES = 'reportSchedules';

/** A place in the order of a sweep: behind this schedule. */
export interface DueCursor {
  /** The instant at which its report was due, ISO 8601. */
  at: string;
  /** The schedule's id. */
  id: string;
}

/** Returns the id of the run that an operation ordered. A sweep of the schedule has an id that Temporal makes. */
export const reportBackfillId = (operationId: string): string => `${REPORT_SCHEDULES}/${operationId}`;

/** The order of a backfill. The operation has the rest of the order and its progress. */
export interface BackfillOrder {
  tenantId: string;
  operationId: string;
  correlationId: string;
}

export interface BackfillStep extends BackfillOrder {
  /** First run id of the calling workflow chain; activities do not touch an operation that another chain owns. */
  chain: string;
}

export interface FailBackfillInput extends BackfillStep {
  failure: OperationFailure;
}

/**
 * The schedule of Temporal orders a sweep, and an operation the backfill of one schedule; a run without either ends at
 * once.
 */
export interface ReportSchedulesInput extends Partial<BackfillOrder> {
  /** Set by the schedule. */
  isScheduled?: boolean;
  /** Set where the run continues another one. */
  progress?: { after: DueCursor; accepted: number; failed: number };
}

export interface DueReportsInput {
  /** Real time up to which schedules are due, ISO 8601. */
  at: string;
  after: DueCursor | null;
}

export interface DueReportsPage {
  /** The number of reports. */
  accepted: number;
  /** The number of schedules that an unexpected error stopped. */
  failed: number;
  /** The place from which the next page continues; null after the last. */
  next: DueCursor | null;
}

/** The failure type of a run that nobody ordered. */
export const SWEEP_NOT_ORDERED = 'SWEEP_NOT_ORDERED';
/** The failure type of a sweep that some schedules were left out of; the next sweep finds them due. */
export const SCHEDULES_LEFT = 'SCHEDULES_LEFT';
