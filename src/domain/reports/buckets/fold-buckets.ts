import {
  boundsOfDay,
  DAY_MS,
  QUARTER_MS,
  type Bucket,
  type BucketCount,
  type BucketKind,
  type BucketSource,
} from './bucket';
import type { Stretch } from './split-window';

/** A sum of facts that were recorded in one era. */
export interface FoldedCount extends BucketKind, Pick<BucketCount, 'count' | 'moved'> {
  /** The number of cuts before the time of recording: 0 for what was recorded up to the first. */
  era: number;
}

/** A quarter of an hour of one kind, of which a cut falls between the first and the last recording. */
export interface MixedQuarter extends Stretch {
  source: BucketSource;
  kind: string;
}

export interface FoldBucketsInput {
  /** All that the days of the range have of each kind; those of `needQuarters` with their quarters. */
  buckets: readonly Bucket[];
  /** Whole quarters of an hour. */
  range: Stretch;
  /** Instants of recording, in their order. What was recorded after the last is left out. */
  cuts: readonly Date[];
}

/** Returns the era of a sum; null where a cut falls within it. */
function eraOf({ first, last }: Pick<BucketCount, 'first' | 'last'>, cuts: readonly Date[]): number | null {
  const era = cuts.filter((cut) => first > cut).length;
  return era === cuts.filter((cut) => last > cut).length ? era : null;
}

const isWhole = (day: string, range: Stretch): boolean => {
  const { from, to } = boundsOfDay(day);
  return range.from <= from && to <= range.to;
};

/** Returns the days whose quarters have to be read: those at the ends of the range, and those that a cut falls into. */
export const needQuarters = ({ buckets, range, cuts }: FoldBucketsInput): string[] => [
  ...new Set(buckets.filter((one) => !isWhole(one.day, range) || eraOf(one, cuts) === null).map(({ day }) => day)),
];

/**
 * Adds up the buckets of a range of time. What cannot be told apart by them, because a cut falls within a quarter of an
 * hour, is left out whole and returned as `mixed`, to be read from the source.
 */
export function foldBuckets({ buckets, range, cuts }: FoldBucketsInput): {
  counted: FoldedCount[];
  mixed: MixedQuarter[];
} {
  const counted: FoldedCount[] = [];
  const mixed: MixedQuarter[] = [];
  const add = ({ source, kind, detail, currency }: Bucket, { count, moved, ...times }: BucketCount): void => {
    const era = eraOf(times, cuts);
    if (era !== null && era < cuts.length) counted.push({ source, kind, detail, currency, count, moved, era });
  };
  for (const ofDay of groupByDay(buckets)) {
    const { day, source, kind } = ofDay[0]!;
    if (isWhole(day, range) && ofDay.every((one) => eraOf(one, cuts) !== null)) {
      for (const bucket of ofDay) add(bucket, bucket);
      continue;
    }
    for (const [quarter, sums] of quartersOf(ofDay, range)) {
      if (sums.some(({ sum }) => eraOf(sum, cuts) === null)) mixed.push({ source, kind, ...quarter });
      else for (const { bucket, sum } of sums) add(bucket, sum);
    }
  }
  return { counted, mixed };
}

function groupByDay(buckets: readonly Bucket[]): Iterable<Bucket[]> {
  const groups = new Map<string, Bucket[]>();
  for (const bucket of buckets) {
    const key = `${bucket.day}/${bucket.source}/${bucket.kind}`;
    const group = groups.get(key);
    if (group) group.push(bucket);
    else groups.set(key, [bucket]);
  }
  return groups.values();
}

/** Returns the quarters of a day that are in the range, with what each bucket has of it. */
function quartersOf(ofDay: readonly Bucket[], range: Stretch): [Stretch, { bucket: Bucket; sum: BucketCount }[]][] {
  const dayMs = boundsOfDay(ofDay[0]!.day).from.getTime();
  const found: [Stretch, { bucket: Bucket; sum: BucketCount }[]][] = [];
  for (let number = 0; number < DAY_MS / QUARTER_MS; number += 1) {
    const from = new Date(dayMs + number * QUARTER_MS);
    const to = new Date(from.getTime() + QUARTER_MS);
    if (from < range.from || to > range.to) continue;
    const sums = ofDay.flatMap((bucket) => {
      const sum = bucket.quarters[number];
      return sum ? [{ bucket, sum }] : [];
    });
    if (sums.length > 0) found.push([{ from, to }, sums]);
  }
  return found;
}
