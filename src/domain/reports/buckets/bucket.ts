import type { LedgerAccount } from '../../payments/ledger';

/** A quarter of an hour of UTC. Every zone's day is a whole number of them. */
export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;

/** What money of a kind moved, by account, positive on the side on which the account grows; without those at rest. */
export type Moved = Partial<Record<LedgerAccount, number>>;

/** What has been counted of one kind. */
export interface BucketCount {
  count: number;
  /** In minor units; of money alone. */
  moved?: Moved;
  /** When the first and the last of what is counted were recorded: real time. */
  first: Date;
  last: Date;
}

/** The collection that the counted facts are in. */
export type BucketSource = 'event' | 'posting';

/** What a fact is counted as. */
export interface BucketKind {
  source: BucketSource;
  /** The type of an event, or the kind of a posting. */
  kind: string;
  /** What the figure of an event is broken down by; null where there is nothing of the kind. */
  detail: string | null;
  /** Of money alone. */
  currency: string | null;
}

/** The facts of one kind and one day (UTC) that were recorded on one day, with each quarter of an hour. */
export interface Bucket extends BucketKind, BucketCount {
  /** `2026-03-01`, in business time. */
  day: string;
  /** The day on which the event of the facts was recorded, in real time. */
  recordedDay: string;
  /** By the number of the quarter in its day, from `0` to `95`. */
  quarters: Record<string, BucketCount>;
}

type BucketSums = keyof BucketCount | 'quarters';

/** One fact, as it is counted. */
export interface BucketFact extends BucketKind {
  at: Date;
  recordedAt: Date;
  /** Of money alone. */
  moved?: Moved;
}

/** Returns the date in UTC: `2026-03-01`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Returns the number of the quarter of an hour in its day. */
export const quarterOf = (at: Date): number => Math.floor((at.getTime() % DAY_MS) / QUARTER_MS);

/** Returns the instants at which a day begins and ends. */
export function boundsOfDay(day: string): { from: Date; to: Date } {
  const from = new Date(`${day}T00:00:00.000Z`);
  return { from, to: new Date(from.getTime() + DAY_MS) };
}

/** Returns the bucket's part of a document's id: unique in its tenant. */
export const bucketKey = ({ recordedDay, source, day, kind, detail, currency }: Omit<Bucket, BucketSums>): string =>
  [recordedDay, source, day, kind, currency ?? '-', ...(detail === null ? [] : [detail])].join('/');

/** Adds what moved to a sum. */
export function addMoved(sum: Moved, moved: Moved): void {
  for (const [account, minor] of Object.entries(moved) as [LedgerAccount, number][])
    sum[account] = (sum[account] ?? 0) + minor;
}

/** Returns what moved as texts such as `captured 1050`, by account and without zeros: the same for the same sums. */
export const textsOfMoved = (moved: Moved): string[] =>
  Object.entries(moved)
    .filter(([, minor]) => minor !== 0)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([account, minor]) => `${account} ${minor}`);
