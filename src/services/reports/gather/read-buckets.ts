import type { LedgerEvent } from '../../../domain/payments/ledger';
import { boundsOfDay, dayOf, DAY_MS, type Bucket, type BucketSource } from '../../../domain/reports/buckets/bucket';
import { factOfPosting, postingKinds } from '../../../domain/reports/buckets/facts';
import { foldBuckets, needQuarters, type FoldedCount } from '../../../domain/reports/buckets/fold-buckets';
import { splitWindow, type Stretch } from '../../../domain/reports/buckets/split-window';
import type { EventType } from '../../../contracts/events';
import type { LedgerPosting } from '../../../models/payments/ledger-posting';
import type { GatherScope } from './gatherer';
import { readEvents, type EventFact } from './read-events';
import type { ReadStage } from './read-in-stages';
import { readPostings } from './read-postings';

/** Days of buckets that a page reads. */
const PAGE_DAYS = 31;
/** Facts that a query reads of a quarter of an hour, or of the end of a window. */
const PAGE_FACTS = 1000;

interface BucketStagesInput {
  scope: GatherScope;
  stretch: Stretch;
  /** Instants of recording, in their order, the last of which is `asOf`. */
  cuts: readonly Date[];
  /** Called with sums by era: what was recorded up to the first cut has era 0. */
  takeCount: (count: FoldedCount) => void;
}

export interface EventBucketsInput extends BucketStagesInput {
  types: readonly EventType[];
  takeEvent: (event: EventFact) => void;
}

/**
 * Returns the stage that reads the events of a stretch of time by the buckets, and by the source what they cannot tell
 * apart. Each event is taken once, in a sum or alone.
 */
export function eventBuckets({ takeEvent, ...input }: EventBucketsInput): ReadStage {
  const { scope, types } = input;
  return bucketStage({
    ...input,
    source: 'event',
    kinds: types,
    readSource: ({ kind, ...stretch }) =>
      untilEnd((page) =>
        readEvents({ scope, types: kind === null ? types : [kind as EventType], ...stretch, ...page, take: takeEvent }),
      ),
  });
}

export interface PostingBucketsInput extends BucketStagesInput {
  kinds: readonly string[];
  takePosting: (posting: LedgerPosting) => void;
}

/** As {@link eventBuckets}, for the postings of the ledger in the currency that was asked for. */
export function postingBuckets({ takePosting, takeCount, ...input }: PostingBucketsInput): ReadStage {
  const { scope, kinds } = input;
  const { currency } = scope.filters;
  return bucketStage({
    ...input,
    source: 'posting',
    takeCount: (count) => {
      if (count.currency === (currency ?? count.currency)) takeCount(count);
    },
    readSource: ({ kind, ...stretch }) => {
      const wanted = kind === null ? kinds : [kind];
      const events = [...new Set(wanted.map((one) => postingKinds[one] as LedgerEvent))];
      return untilEnd(async (page) => {
        const { postings, ...read } = await readPostings({ scope, events, ...stretch, ...page });
        // Kinds share an event of the ledger.
        for (const posting of postings) if (wanted.includes(factOfPosting(posting).kind)) takePosting(posting);
        return read;
      });
    },
  });
}

interface BucketStageInput extends BucketStagesInput {
  source: BucketSource;
  kinds: readonly string[];
  /** Reads the facts of a stretch, of one kind or all. Returns their number. */
  readSource: (stretch: Stretch & { kind: string | null }) => Promise<number>;
}

function bucketStage(input: BucketStageInput): ReadStage {
  const { stretch, readSource } = input;
  const { whole, edges } = splitWindow(stretch);
  return async ({ after }) => {
    let read = 0;
    if (after === null) for (const { from, to } of edges) read += await readSource({ kind: null, from, to });
    if (whole === null) return { after: null, read };
    const lastDay = dayOf(new Date(whole.to.getTime() - 1));
    const firstDay = await firstDayFrom(input, after ?? dayOf(whole.from), lastDay);
    if (firstDay === null) return { after: null, read };
    const nextDay = dayOf(new Date(boundsOfDay(firstDay).from.getTime() + PAGE_DAYS * DAY_MS));
    const days = { $gte: firstDay, ...(nextDay > lastDay ? { $lte: lastDay } : { $lt: nextDay }) };
    read += await readDays(input, whole, days);
    return { after: nextDay > lastDay ? null : nextDay, read };
  };
}

async function firstDayFrom(
  { scope: { database, tenantId }, source }: BucketStageInput,
  from: string,
  to: string,
): Promise<string | null> {
  const first = await database.models.reportBuckets
    .findOne({ tenantId, source, day: { $gte: from, $lte: to } }, { day: 1 })
    .sort({ day: 1 })
    .lean();
  return first?.day ?? null;
}

async function readDays(input: BucketStageInput, range: Stretch, day: object): Promise<number> {
  const { scope, source, kinds, cuts, takeCount, readSource } = input;
  const { tenantId } = scope;
  const model = scope.database.models.reportBuckets;
  const wanted = { tenantId, source, kind: { $in: [...kinds] } };
  const sums = await model.find({ ...wanted, day }, { quarters: 0 }).lean<Bucket[]>();
  const close = needQuarters({ buckets: sums, range, cuts });
  const closer = close.length === 0 ? [] : await model.find({ ...wanted, day: { $in: close } }).lean<Bucket[]>();
  const buckets = [...sums.filter((sum) => !close.includes(sum.day)), ...closer];
  const { counted, mixed } = foldBuckets({ buckets, range, cuts });
  counted.forEach(takeCount);
  let read = sums.length + closer.length;
  for (const { kind, from, to } of mixed) read += await readSource({ kind, from, to });
  return read;
}

/** Reads all pages of a stage. Returns the number of facts. */
async function untilEnd(stage: ReadStage): Promise<number> {
  let [read, after]: [number, string | null] = [0, null];
  do {
    const page = await stage({ after, limit: PAGE_FACTS });
    read += page.read;
    after = page.after;
  } while (after !== null);
  return read;
}
