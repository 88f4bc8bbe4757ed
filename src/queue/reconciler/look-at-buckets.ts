import type { Logger } from 'pino';
import type { Database } from '../../models/database';
import { isDatabaseUnavailable } from '../../models/outages/database-unavailable';
import type { BucketsProgress, RecordedDay } from '../../models/reconciler-state';
import { openStuckItem } from '../../services/operator/stuck-items';
import { BUCKETS_FORM } from '../../services/reports/buckets/buckets-progress';
import { dayDifference } from '../../services/reports/buckets/day-difference';
import { nextRecordedDay } from '../../services/reports/buckets/recorded-days';
import { recountDay } from '../../services/reports/buckets/recount-day';

/** Days of recording that a look compares: 14,400 days of tenants in a day. */
export const DAYS_PER_LOOK = 5;
/** The first round counts for so long in each look. */
const COUNT_FOR_MS = 10_000;

export interface LookAtBucketsInput {
  database: Database;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** The place that the round has reached; left out before the first. */
  from?: BucketsProgress;
  signal?: AbortSignal;
}

export interface BucketsLooked {
  /** Number of items that are new on the operator's list. */
  listed: number;
  to: BucketsProgress;
}

/**
 * Looks at the buckets of the next days of recording, of all tenants. The first round, and the first one after a change
 * of their form, counts them from the source; every later round compares. What differs, and what cannot be counted, is
 * on the operator's list; a day that cannot be counted holds up no other one, but reports read the source until it is.
 */
export async function lookAtBuckets({ from, ...input }: LookAtBucketsInput): Promise<BucketsLooked> {
  const isOfForm = from?.form === BUCKETS_FORM;
  const progress: BucketsProgress = isOfForm ? { ...from } : { form: BUCKETS_FORM, built: false, after: null };
  if (progress.built) return compareNext(input, progress);
  const looked = await (progress.isThrough ? countAgain : countNext)(input, progress);
  const { to } = looked;
  to.built = to.isThrough === true && (to.uncounted ?? []).length === 0;
  if (to.built) input.logger.info({}, 'The buckets of reports are counted: reports read them from now on');
  return looked;
}

type Input = Omit<LookAtBucketsInput, 'from'>;

async function compareNext(input: Input, to: BucketsProgress): Promise<BucketsLooked> {
  let listed = 0;
  for (let days = 0; days < DAYS_PER_LOOK && !input.signal?.aborted; days += 1) {
    to.after = await nextRecordedDay({ ...input, after: to.after });
    if (to.after === null) break;
    const detail = await dayDifference({ ...input, ...to.after });
    if (detail !== null && (await list(input, to.after, detail))) listed += 1;
  }
  return { listed, to };
}

async function countNext(input: Input, to: BucketsProgress): Promise<BucketsLooked> {
  const begun = performance.now();
  let listed = 0;
  while (performance.now() - begun < COUNT_FOR_MS && !input.signal?.aborted) {
    to.after = await nextRecordedDay({ ...input, after: to.after });
    to.isThrough = to.after === null;
    if (to.after === null) break;
    const fault = await recount(input, to.after);
    if (fault === null) continue;
    to.uncounted = [...(to.uncounted ?? []), to.after];
    if (await list(input, to.after, fault)) listed += 1;
  }
  return { listed, to };
}

/** Counts again what could not be counted, the next days first. */
async function countAgain(input: Input, to: BucketsProgress): Promise<BucketsLooked> {
  const uncounted = to.uncounted ?? [];
  const failing: RecordedDay[] = [];
  for (const day of uncounted.slice(0, DAYS_PER_LOOK)) if ((await recount(input, day)) !== null) failing.push(day);
  return { listed: 0, to: { ...to, uncounted: [...uncounted.slice(DAYS_PER_LOOK), ...failing] } };
}

/** Returns why a day cannot be counted, as a sentence; null once it is. */
async function recount({ database }: Input, day: RecordedDay): Promise<string | null> {
  try {
    await database.inTransaction((session) => recountDay({ database, session, ...day }));
    return null;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return `The events recorded on ${day.recordedDay} cannot be counted: ${String(error)}.`;
  }
}

async function list({ database, logger }: Input, day: RecordedDay, detail: string): Promise<boolean> {
  const { tenantId, recordedDay } = day;
  const subject = `${tenantId}/${recordedDay}`;
  const about = { tenantId, kind: 'buckets_differ', entityType: 'report', entityId: recordedDay, subject } as const;
  if (!(await openStuckItem({ database, ...about, detail }))) return false;
  logger.warn({ tenantId, recordedDay, kind: about.kind }, `Put on the operator's list: ${detail}`);
  return true;
}
