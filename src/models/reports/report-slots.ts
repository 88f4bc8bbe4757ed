import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * The reports of a tenant that are being made. Who takes a place, waits for one or leaves one writes this document, so
 * that none of them overtakes another; and who makes a schedule or a statement, so that no two see the same ones.
 */
export interface ReportSlots {
  /** The tenant's id. */
  _id: string;
  tenantId: string;
  reportIds: string[];
  /** Increases whenever a report begins to wait. */
  waits: number;
  /** Increases whenever a schedule is made. */
  schedulesMade: number;
  /** Increases whenever a statement is accepted. */
  statementsOrdered: number;
}

export const reportSlotsSchema = new Schema<ReportSlots>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    reportIds: { type: [String], required: true },
    waits: { type: Number, required: true },
    schedulesMade: { type: Number, required: true },
    statementsOrdered: { type: Number, default: 0 },
  },
  { ...schemaOptions, collection: 'report_slots' },
).index({ tenantId: 1 });
