import type { AnyBulkWriteOperation, ClientSession } from 'mongoose';
import type { Bucket, BucketCount } from '../../../domain/reports/buckets/bucket';
import type { BucketTally } from '../../../domain/reports/buckets/bucket-tally';
import type { Database } from '../../../models/database';
import type { ReportBucket } from '../../../models/reports/report-bucket';

/** Parts that the counts of a bucket are spread over. */
export const PARTS = 16;

export const bucketId = (tenantId: string, key: string, part: number): string => `${tenantId}/${key}/${part}`;

export interface AddToBucketsInput {
  database: Database;
  /** The transaction that marks what is counted. */
  session: ClientSession;
  /** The counts to add, by tenant. */
  tallies: ReadonlyMap<string, BucketTally>;
  /** Below `PARTS`. */
  part: number;
}

/** Adds counts to one part of the buckets, in one command. */
export async function addToBuckets({ database, session, tallies, part }: AddToBucketsInput): Promise<void> {
  const updates: AnyBulkWriteOperation<ReportBucket>[] = [];
  for (const [tenantId, { buckets }] of tallies)
    for (const [key, bucket] of buckets)
      updates.push({
        updateOne: {
          filter: { _id: bucketId(tenantId, key, part) },
          update: additionOf(tenantId, bucket),
          upsert: true,
        },
      });
  if (updates.length > 0) await database.models.reportBuckets.collection.bulkWrite(updates as never[], { session });
}

function additionOf(tenantId: string, { source, kind, detail, currency, day, recordedDay, ...sums }: Bucket) {
  const $inc: Record<string, number> = {};
  const $min: Record<string, Date> = {};
  const $max: Record<string, Date> = {};
  const add = (prefix: string, { count, moved = {}, first, last }: BucketCount): void => {
    $inc[`${prefix}count`] = count;
    for (const [account, minor] of Object.entries(moved)) $inc[`${prefix}moved.${account}`] = minor;
    $min[`${prefix}first`] = first;
    $max[`${prefix}last`] = last;
  };
  add('', sums);
  for (const [quarter, sum] of Object.entries(sums.quarters)) add(`quarters.${quarter}.`, sum);
  return { $inc, $min, $max, $setOnInsert: { tenantId, recordedDay, source, day, kind, detail, currency } };
}
