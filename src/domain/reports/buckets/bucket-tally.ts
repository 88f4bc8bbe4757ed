import { addMoved, bucketKey, dayOf, quarterOf, type Bucket, type BucketCount, type BucketFact } from './bucket';

/** Counts facts into buckets. The same facts in any order give the same buckets. */
export class BucketTally {
  readonly #buckets = new Map<string, Bucket>();

  /** Counts a fact with the day on which its event was recorded. */
  add({ source, kind, detail, currency, ...fact }: BucketFact, recordedDay: string): void {
    const about = { source, kind, detail, currency, day: dayOf(fact.at), recordedDay };
    const key = bucketKey(about);
    let bucket = this.#buckets.get(key);
    if (!bucket) this.#buckets.set(key, (bucket = { ...about, ...noneOf(fact), quarters: {} }));
    count(bucket, fact);
    count((bucket.quarters[quarterOf(fact.at)] ??= noneOf(fact)), fact);
  }

  /** Returns the buckets by their keys. */
  get buckets(): ReadonlyMap<string, Bucket> {
    return this.#buckets;
  }
}

type Counted = Pick<BucketFact, 'recordedAt' | 'moved'>;

const noneOf = ({ recordedAt, moved }: Counted): BucketCount => ({
  count: 0,
  ...(moved ? { moved: {} } : {}),
  first: recordedAt,
  last: recordedAt,
});

function count(sum: BucketCount, { recordedAt, moved }: Counted): void {
  sum.count += 1;
  if (recordedAt < sum.first) sum.first = recordedAt;
  if (recordedAt > sum.last) sum.last = recordedAt;
  if (moved) addMoved((sum.moved ??= {}), moved);
}
