import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/** An address that was sent reports, and whether it has unsubscribed from them. */
export interface ReportRecipient {
  /** A hash of the tenant, the scope and the address. */
  _id: string;
  tenantId: string;
  /** What it may unsubscribe from: the id of a schedule, or the name of a type for reports that no schedule made. */
  scope: string;
  /** The form under which two addresses are equal. */
  emailKey: string;
  /** SHA-256 of the token of its unsubscribe link, hexadecimal. */
  tokenHash: string;
  /** The tenant's time; null while it gets mails. */
  unsubscribedAt: Date | null;
}

export const reportRecipientSchema = new Schema<ReportRecipient>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    scope: { type: String, required: true },
    emailKey: { type: String, required: true },
    tokenHash: { type: String, required: true },
    unsubscribedAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'report_recipients' },
)
  .index({ tokenHash: 1 }, { unique: true })
  .index({ tenantId: 1 });
