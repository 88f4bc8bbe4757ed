import { Schema } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { ReportFormat } from '../../domain/reports/report-type';
import { schemaOptions } from '../schema-options';

/** A link to a file of a report, for whoever has its token. Times are the tenant's. */
export interface ReportLink {
  _id: string;
  tenantId: string;
  reportId: string;
  format: ReportFormat;
  /** SHA-256 of the token, hexadecimal. */
  tokenHash: string;
  /** The address to which a mail took the link; null for one that was made by hand. */
  recipient: string | null;
  createdBy: Actor;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** A tenant's time is never behind real time, so a link that is removed is always one that has expired. */
const KEPT_AFTER_EXPIRY_SECONDS = 30 * 24 * 3600;

export const reportLinkSchema = new Schema<ReportLink>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    reportId: { type: String, required: true },
    format: { type: String, required: true },
    tokenHash: { type: String, required: true },
    recipient: { type: String, default: null },
    createdBy: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    revokedAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'report_links' },
)
  .index({ tokenHash: 1 }, { unique: true })
  .index({ tenantId: 1, reportId: 1, createdAt: -1, _id: -1 })
  .index({ expiresAt: 1 }, { expireAfterSeconds: KEPT_AFTER_EXPIRY_SECONDS });
