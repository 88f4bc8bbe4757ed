import { Schema } from 'mongoose';
import type { Bucket } from '../../domain/reports/buckets/bucket';
import { schemaOptions } from '../schema-options';

/**
 * What happened to a tenant on a day (UTC), of one kind and as recorded on one day: the rollup that reports of long
 * windows read instead of the facts. Its sums are those of several documents, its parts, so that processes that count
 * at the same time seldom collide.
 */
export interface ReportBucket extends Bucket {
  /** The tenant, the key of the bucket and the number of the part, separated by slashes. */
  _id: string;
  tenantId: string;
}

export const reportBucketSchema = new Schema<ReportBucket>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    recordedDay: { type: String, required: true },
    source: { type: String, required: true },
    day: { type: String, required: true },
    kind: { type: String, required: true },
    detail: { type: String, default: null },
    currency: { type: String, default: null },
    count: { type: Number, required: true },
    moved: { type: Schema.Types.Mixed },
    first: { type: Date, required: true },
    last: { type: Date, required: true },
    quarters: { type: Schema.Types.Mixed, required: true } as never,
  },
  { ...schemaOptions, collection: 'report_buckets' },
)
  // Reports read the days of a window.
  .index({ tenantId: 1, source: 1, day: 1, kind: 1 })
  // A day of recording is counted again, and compared.
  .index({ tenantId: 1, recordedDay: 1 });
