import { Schema } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { CatchUp, EarlierTimes, Pause } from '../../domain/reports/calendar/due-windows';
import type { Recipient } from '../../domain/reports/delivery/recipients';
import type { PausedFor, ReportScheduleState, ScheduleTimes } from '../../domain/reports/schedule';
import type { ReportFilters, ReportFormat } from '../../domain/reports/report-type';
import { entityFields, schemaOptions, type Entity } from '../schema-options';
import type { RunSummary } from './report-run';

/** A schedule of reports. Times are the tenant's, but for `dueAt`. */
export interface ReportScheduleRow extends Entity, ScheduleTimes {
  state: ReportScheduleState;
  type: string;
  formats: ReportFormat[];
  filters: ReportFilters;
  catchUp: CatchUp;
  skipEmpty: boolean;
  /** Left out by schedules that were made before any report was mailed. */
  deliverTo?: Recipient[];
  /** The reports that are delivered together, while more windows are due than are accepted; null while none is. */
  openGroup?: string | null;
  /** The last instant at which it fires. */
  until: Date | null;
  /** The end of the last window that was reported or skipped. */
  reportedUntil: Date;
  /** The instant since which it has its present times. */
  changedAt: Date;
  /** Left out by schedules whose times were last changed before it was kept. */
  earlierTimes?: EarlierTimes[];
  /** The firing of the first window after `reportedUntil`; null while the schedule is not active. */
  nextAt: Date | null;
  /** Real time of `nextAt`, by which a sweep finds what is due; an advance of the sandbox's clock moves it. */
  dueAt: Date | null;
  pauses: Pause[];
  pausedFor: PausedFor | null;
  /** Failed runs in a row. */
  failures: number;
  /** Increases with every change that is no event: windows that are accepted, and what becomes of them. */
  firings: number;
  lastRun: RunSummary | null;
  createdBy: Actor;
}

/** Returns the version of a schedule for its ETag. */
export const scheduleVersionOf = ({ version, firings }: Pick<ReportScheduleRow, 'version' | 'firings'>): string =>
  `${version}.${firings}`;

export const reportScheduleSchema = new Schema<ReportScheduleRow>(
  {
    ...entityFields,
    type: { type: String, required: true },
    period: { type: String, required: true },
    timeZone: { type: String, required: true },
    at: { type: String, default: null },
    on: { type: Schema.Types.Mixed, default: null } as never,
    cron: { type: String, default: null },
    formats: { type: [String], required: true } as never,
    filters: { type: Schema.Types.Mixed, required: true },
    catchUp: { type: String, required: true },
    skipEmpty: { type: Boolean, required: true },
    deliverTo: { type: [Schema.Types.Mixed], default: [] } as never,
    openGroup: { type: String, default: null },
    until: { type: Date, default: null },
    reportedUntil: { type: Date, required: true },
    changedAt: { type: Date, required: true },
    earlierTimes: { type: [Schema.Types.Mixed], default: [] } as never,
    nextAt: { type: Date, default: null },
    dueAt: { type: Date, default: null },
    pauses: { type: [Schema.Types.Mixed], default: [] } as never,
    pausedFor: { type: String, default: null },
    failures: { type: Number, required: true },
    firings: { type: Number, required: true },
    lastRun: { type: Schema.Types.Mixed, default: null } as never,
    createdBy: { type: Schema.Types.Mixed, required: true },
  },
  { ...schemaOptions, collection: 'report_schedules' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, nextAt: 1, _id: 1 })
  .index({ state: 1, dueAt: 1, _id: 1 }, { name: 'due' });
