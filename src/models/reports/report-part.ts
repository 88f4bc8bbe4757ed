import { Schema } from 'mongoose';
import type { Binary } from 'mongodb';
import { schemaOptions } from '../schema-options';

/**
 * Some of the rows of a report, in their order, with what was added up so far: a killed worker goes on after the last
 * part. The last part of a section has no `after`. Removed when the report has ended.
 */
export interface ReportPart {
  /** See {@link reportPartId}. */
  _id: string;
  tenantId: string;
  reportId: string;
  section: string;
  /** From 0, without gaps. */
  part: number;
  /** The rows as lines of JSON, compressed. */
  rows: Binary | Buffer;
  rowCount: number;
  /** The key of the fact after which the next part begins; null in the last. */
  after: string | null;
  /** The section's figures so far. */
  state: Record<string, unknown>;
}

/** Returns the id of a part: a repeat writes the same one. */
export const reportPartId = ({ reportId, section, part }: Pick<ReportPart, 'reportId' | 'section' | 'part'>): string =>
  `${reportId}/${section}/${String(part).padStart(5, '0')}`;

export const reportPartSchema = new Schema<ReportPart>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    reportId: { type: String, required: true },
    section: { type: String, required: true },
    part: { type: Number, required: true },
    // Read and written as it is: casting would copy every byte.
    rows: { type: Schema.Types.Mixed, required: true } as never,
    rowCount: { type: Number, required: true },
    after: { type: String, default: null },
    state: { type: Schema.Types.Mixed, required: true } as never,
  },
  { ...schemaOptions, collection: 'report_parts' },
).index({ tenantId: 1, reportId: 1, section: 1, part: 1 });
