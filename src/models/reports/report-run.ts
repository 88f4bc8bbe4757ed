import { Schema } from 'mongoose';
import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { RunOutcome } from '../../domain/reports/schedule';
import { schemaOptions } from '../schema-options';

/** What became of a window, as people read it. */
export interface RunSummary {
  window: ReportWindow;
  /** Null while the report is made. */
  outcome: RunOutcome | null;
  /** Why the window was skipped, or a code for the failure. */
  reason: string | null;
  reportId: string | null;
  /** The tenant's time at which the window was looked at. */
  at: Date;
}

/** What became of one window of a schedule. */
export interface ReportRun extends RunSummary {
  /** The schedule and the window: it has one run, however many sweeps find it due. */
  _id: string;
  tenantId: string;
  scheduleId: string;
  /** The start of the window. */
  startAt: Date;
  /** The backfill that the run is counted by once it ends; null for every other run, and once it was counted. */
  operationId: string | null;
  /**
   * What the window was made by before its report was ordered again: stays where that one is not made. Null for a
   * window that was not made before; left out by runs that were written before any was kept.
   */
  earlier?: MadeRun | null;
}

/** The report by which a window was made. */
export interface MadeRun {
  outcome: 'made' | 'empty';
  reportId: string;
}

export const runIdOf = (scheduleId: string, { startAt, endAt }: Pick<ReportWindow, 'startAt' | 'endAt'>): string =>
  `${scheduleId}/${startAt}/${endAt}`;

export const reportRunSchema = new Schema<ReportRun>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    scheduleId: { type: String, required: true },
    startAt: { type: Date, required: true },
    window: { type: Schema.Types.Mixed, required: true },
    outcome: { type: String, default: null },
    reason: { type: String, default: null },
    reportId: { type: String, default: null },
    operationId: { type: String, default: null },
    earlier: { type: Schema.Types.Mixed, default: null },
    at: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'report_runs' },
)
  .index({ tenantId: 1, scheduleId: 1, startAt: -1, _id: -1 })
  .index({ tenantId: 1, reportId: 1 });
