import { Schema } from 'mongoose';
import type { ReportChange } from '../../domain/reports/report-changes';
import type { Recipient } from '../../domain/reports/delivery/recipients';
import type { Figure, Series } from '../../domain/reports/report-content';
import type { ReportFailure, ReportState } from '../../domain/reports/report';
import type { ReportFilters, ReportFormat } from '../../domain/reports/report-type';
import type { ReportWindow } from '../../domain/reports/calendar/window';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

/** A file of a completed report. */
export interface OfferedFile {
  format: ReportFormat;
  fileId: string;
  mediaType: string;
  name: string;
  bytes: number;
  sha256: string;
}

/** A report of a tenant: what was asked for, and what came out. Times are the tenant's, but for `asOf`. */
export interface Report extends Entity {
  state: ReportState;
  type: string;
  window: ReportWindow;
  /** False for a window that was not over when the report was accepted. */
  complete: boolean;
  filters: ReportFilters;
  formats: ReportFormat[];
  /** Real time: what was recorded later is not counted. */
  asOf: Date;
  /** The `asOf` of the statement of the month before, from whose closing this one goes on; null for every other. */
  previousAsOf: Date | null;
  /** The tenant's lead over real time when the report was accepted, in milliseconds. */
  offsetMs: number;
  /** Waits for one of the tenant's two places. */
  waiting: boolean;
  /** Part of a backfill, whose reports come after the others. */
  backfill: boolean;
  /** The schedule that ordered the report. */
  scheduleId: string | null;
  /** Left out by reports that were made before any was mailed. */
  deliverTo?: Recipient[];
  /** Names the reports that are delivered together, in one mail to each recipient; null for one without recipients. */
  deliveryGroup?: string | null;
  /** True once its mails are ordered. */
  mailed?: boolean;
  /** Rows that the report will have, counted when it was accepted. */
  expectedRows: number;
  progress: {
    section: string | null;
    rows: number;
    /** The last state in which the report was being made; left out before it begins. */
    reached?: ReportState;
  };
  figures: Figure[] | null;
  series: Series[] | null;
  rowCount: number | null;
  dataDigest: string | null;
  files: OfferedFile[];
  warnings: string[];
  /** The warnings that were known when the report was accepted, which its files have; left out before any was kept. */
  orderWarnings?: string[];
  failure: ReportFailure | null;
  supersedes: string | null;
  changes: ReportChange[] | null;
  endedAt: Date | null;
}

/** A report without the points of its charts, which may be several megabytes. */
export type ReportWithoutPoints = Omit<Report, 'series'>;

export const reportSchema = new Schema<Report>(
  {
    ...reconciledFields,
    type: { type: String, required: true },
    window: { type: Schema.Types.Mixed, required: true },
    complete: { type: Boolean, required: true },
    filters: { type: Schema.Types.Mixed, required: true },
    formats: { type: [String], required: true } as never,
    asOf: { type: Date, required: true },
    previousAsOf: { type: Date, default: null },
    offsetMs: { type: Number, required: true },
    waiting: { type: Boolean, required: true },
    backfill: { type: Boolean, required: true },
    scheduleId: { type: String, default: null },
    deliverTo: { type: [Schema.Types.Mixed], default: [] } as never,
    deliveryGroup: { type: String, default: null },
    mailed: { type: Boolean, default: false },
    expectedRows: { type: Number, required: true },
    progress: { type: Schema.Types.Mixed, required: true },
    figures: { type: Schema.Types.Mixed, default: null } as never,
    series: { type: Schema.Types.Mixed, default: null } as never,
    rowCount: { type: Number, default: null },
    dataDigest: { type: String, default: null },
    files: { type: [Schema.Types.Mixed], default: [] } as never,
    warnings: { type: [String], default: [] },
    orderWarnings: { type: [String], default: [] } as never,
    failure: { type: Schema.Types.Mixed, default: null },
    supersedes: { type: String, default: null },
    changes: { type: Schema.Types.Mixed, default: null } as never,
    endedAt: { type: Date, default: null },
  },
  { ...reconciledOptions, collection: 'reports' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, type: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, 'window.period': 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, type: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, type: 1, 'window.period': 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, 'window.period': 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, scheduleId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, type: 1, scheduleId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, scheduleId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, 'window.period': 1, scheduleId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, deliveryGroup: 1 })
  // The next report to get a place.
  .index({ tenantId: 1, waiting: 1, backfill: 1, _id: 1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' });
