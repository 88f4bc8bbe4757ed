import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

export type FileState = 'writing' | 'ready' | 'deleting';

/**
 * A file of a report, in one format. The row is the truth: bytes in the file store without a `ready` row are no file.
 * Of one report and format only the newest attempt is ever anything but `deleting`.
 */
export interface ReportFile {
  /** Also the key of its bytes in the file store. */
  _id: string;
  tenantId: string;
  reportId: string;
  format: string;
  /**
   * 1 for the first attempt to write the format of the report. Never changes, so that two writers cannot begin the
   * same attempt: not every server frees the key of a unique index by an update (decision 0014).
   */
  attempt: number;
  state: FileState;
  /** The name that a download suggests. */
  name: string;
  mediaType: string;
  /** Null until `ready`. */
  bytes: number | null;
  /** SHA-256 of the bytes in hexadecimal; null until `ready`. */
  sha256: string | null;
  /** Real time. */
  createdAt: Date;
  /** Real time; null until `ready`. */
  readyAt: Date | null;
  /** From this instant on, in real time, the sweep removes the file; null while `ready`. */
  sweepAt: Date | null;
}

export const reportFileSchema = new Schema<ReportFile>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    reportId: { type: String, required: true },
    format: { type: String, required: true },
    attempt: { type: Number, required: true },
    state: { type: String, required: true },
    name: { type: String, required: true },
    mediaType: { type: String, required: true },
    bytes: { type: Number, default: null },
    sha256: { type: String, default: null },
    createdAt: { type: Date, required: true },
    readyAt: { type: Date, default: null },
    sweepAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'files' },
)
  .index({ tenantId: 1, reportId: 1, format: 1, attempt: 1 }, { unique: true })
  .index({ sweepAt: 1, _id: 1 });
