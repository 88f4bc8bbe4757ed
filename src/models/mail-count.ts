import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

/**
 * The mails of a tenant on one day (UTC, real time), in all or to one mailbox, which the limits of mails count. A reset
 * of a sandbox keeps them, or it would lift the limits.
 */
export interface MailCount {
  /** `<tenantId>/<day>` or `<tenantId>/<day>/<person or staff>/<hash of the mailbox>` */
  _id: string;
  tenantId: string;
  count: number;
  /** The counted outbox rows, for one mailbox; a row counts once however often its mail is attempted. */
  rows: string[];
  /** Real time. */
  expiresAt: Date;
}

export const mailCountSchema = new Schema<MailCount>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    count: { type: Number, required: true },
    rows: { type: [String], required: true },
    expiresAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'mail_counts' },
).index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
