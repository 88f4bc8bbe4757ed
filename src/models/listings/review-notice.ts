import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/** The last mail of a kind, or of any kind, to a person, which may still be due; or the announcement of one review. */
export interface ReviewNotice {
  /** A hash of tenant, template and recipient, or of tenant and recipient; or the review with the template. */
  _id: string;
  tenantId: string;
  /** Real time. A mail that is still due speaks for what happens until then. */
  dueAt: Date;
}

const KEPT_SECONDS = 24 * 3600;

export const reviewNoticeSchema = new Schema<ReviewNotice>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    dueAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'listing_review_notices' },
)
  .index({ tenantId: 1 })
  .index({ dueAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });
