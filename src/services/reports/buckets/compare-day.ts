import type { ClientSession } from 'mongoose';
import {
  addMoved,
  bucketKey,
  textsOfMoved,
  type Bucket,
  type BucketCount,
} from '../../../domain/reports/buckets/bucket';
import type { Database } from '../../../models/database';
import type { RecordedDay } from '../../../models/reconciler-state';
import { tallyRecordedDay } from './recorded-days';

export interface CompareDayInput extends RecordedDay {
  database: Database;
  /** Compares as of one moment; without one, a consumer may count between two reads. */
  session?: ClientSession;
}

/** Compares the buckets of a day of recording with the source. Returns a sentence for each that differs. */
export async function compareDay(input: CompareDayInput): Promise<string[]> {
  const { database, session, tenantId, recordedDay } = input;
  const parts = await database.models.reportBuckets
    .find({ tenantId, recordedDay })
    .session(session ?? null)
    .lean<Bucket[]>();
  const { buckets: expected } = await tallyRecordedDay(input);
  const recorded = mergedByKey(parts);
  const differences: string[] = [];
  for (const key of new Set([...expected.keys(), ...recorded.keys()].toSorted())) {
    const [ours, theirs] = [textOf(recorded.get(key)), textOf(expected.get(key))];
    if (ours !== theirs) differences.push(`${key} is ${ours}, and the source has ${theirs}`);
  }
  return differences;
}

/** Returns the sums of all parts, by the keys of their buckets. */
function mergedByKey(parts: readonly Bucket[]): Map<string, Bucket> {
  const merged = new Map<string, Bucket>();
  for (const part of parts) {
    const key = bucketKey(part);
    const bucket = merged.get(key);
    if (!bucket) {
      merged.set(key, { ...part, ...copyOf(part), quarters: copiesOf(part.quarters) });
      continue;
    }
    mergeInto(bucket, part);
    for (const [quarter, sum] of Object.entries(part.quarters)) {
      const known = bucket.quarters[quarter];
      if (known) mergeInto(known, sum);
      else bucket.quarters[quarter] = copyOf(sum);
    }
  }
  return merged;
}

const copyOf = ({ count, moved, first, last }: BucketCount): BucketCount => ({
  count,
  ...(moved ? { moved: { ...moved } } : {}),
  first,
  last,
});
const copiesOf = (quarters: Bucket['quarters']): Bucket['quarters'] =>
  Object.fromEntries(Object.entries(quarters).map(([quarter, sum]) => [quarter, copyOf(sum)]));

function mergeInto(sum: BucketCount, { count, moved, first, last }: BucketCount): void {
  sum.count += count;
  if (moved) addMoved((sum.moved ??= {}), moved);
  if (first < sum.first) sum.first = first;
  if (last > sum.last) sum.last = last;
}

/** Returns a text that is the same for the same sums, whatever the order of their fields. */
function textOf(bucket: Bucket | undefined): string {
  if (!bucket) return 'missing';
  const quarters = Object.entries(bucket.quarters)
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([quarter, sum]) => `${quarter}: ${textOfCount(sum)}`);
  return `${textOfCount(bucket)} (${quarters.join('; ')})`;
}

function textOfCount({ count, moved = {}, first, last }: BucketCount): string {
  const sums = [`${count}`, ...textsOfMoved(moved)].join(', ');
  return `${sums}, recorded ${first.toISOString()}–${last.toISOString()}`;
}
