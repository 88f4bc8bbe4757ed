import type { Tally } from './tally';

/*
 * Exact quantiles by nearest rank, in two passes over the same values: the first counts them in buckets, the second
 * counts each value in the buckets that a wanted rank lies in. What is kept between two pages stays small, however many
 * values there are.
 */

const BUCKET = 2048;

const bucketOf = (value: number): number => Math.floor(value / BUCKET);
const exactly = (id: string): string => `${id}/exactly`;

/** First pass: counts a value, a whole number not below 0, in its bucket. */
export const addToBuckets = (tally: Tally, id: string, value: number): void =>
  tally.add({ id, by: String(bucketOf(value)) });

/** Returns the buckets in which the wanted ranks lie, once the first pass has ended. */
export const wantedBuckets = (tally: Tally, id: string, ranks: readonly number[]): Set<number> =>
  new Set(ranks.flatMap((rank) => placeOf(tally, id, rank)?.value ?? []));

/** Second pass: counts a value that lies in one of the wanted buckets. */
export function addExactly(tally: Tally, id: string, value: number, wanted: ReadonlySet<number>): void {
  if (wanted.has(bucketOf(value))) tally.add({ id: exactly(id), by: String(value) });
}

/**
 * Returns the smallest value that at least this share of the values does not exceed (nearest rank); null where there
 * is no value.
 */
export function quantileOf(tally: Tally, id: string, share: number): number | null {
  const place = placeOf(tally, id, share);
  if (place === null) return null;
  const inBucket = sorted(tally, exactly(id)).filter(({ value }) => bucketOf(value) === place.value);
  return walk(inBucket, place.rank)?.value ?? null;
}

interface Counted {
  value: number;
  count: number;
}

interface Place {
  value: number;
  /** The rank among the equal values, from 1. */
  rank: number;
}

/** Returns the bucket of a share's nearest rank, and the rank within the bucket. */
function placeOf(tally: Tally, id: string, share: number): Place | null {
  const buckets = sorted(tally, id);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  return total === 0 ? null : walk(buckets, Math.max(1, Math.ceil(share * total)));
}

function walk(all: readonly Counted[], wanted: number): Place | null {
  let rank = wanted;
  for (const { value, count } of all) {
    if (rank <= count) return { value, rank };
    rank -= count;
  }
  return null;
}

const sorted = (tally: Tally, id: string): Counted[] =>
  tally
    .of(id)
    .map(({ by, value: count }) => ({ value: Number(by), count }))
    .toSorted((one, other) => one.value - other.value);
