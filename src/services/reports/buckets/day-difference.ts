import type { ClientSession } from 'mongoose';
import type { Bucket } from '../../../domain/reports/buckets/bucket';
import type { Database } from '../../../models/database';
import { isDatabaseUnavailable } from '../../../models/outages/database-unavailable';
import type { RecordedDay } from '../../../models/reconciler-state';
import { compareDay } from './compare-day';
import { countRecorded, findUncounted } from './recorded-days';

/** Events of a day up to which each bucket is compared; of a larger day the number of its events alone is. */
const MAX_COMPARED = 1000;

interface Input extends RecordedDay {
  database: Database;
}

/**
 * Returns what differs between the buckets of a day of recording and the source, as a sentence; null where nothing
 * does. Where something seems to differ, both are read again as of one moment. A day that cannot be compared differs.
 */
export async function dayDifference(input: Input): Promise<string | null> {
  try {
    if ((await differenceOf(input)) === null) return null;
    return await input.database.inTransaction((session) => differenceOf({ ...input, session }));
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return `The events recorded on ${input.recordedDay} cannot be compared with the buckets: ${String(error)}.`;
  }
}

async function differenceOf(input: Input & { session?: ClientSession }): Promise<string | null> {
  const recorded = await countRecorded(input);
  if (recorded > MAX_COMPARED) return differenceOfNumbers(input, recorded);
  const differences = await compareDay(input);
  const [first] = differences;
  if (first === undefined) return null;
  return `${differences.length} bucket(s) of the events recorded on ${input.recordedDay} differ: ${first}.`;
}

async function differenceOfNumbers(
  input: Input & { session?: ClientSession },
  recorded: number,
): Promise<string | null> {
  const { database, session, tenantId, recordedDay } = input;
  const uncounted = (await findUncounted(input)).size;
  const parts = await database.models.reportBuckets
    .find({ tenantId, recordedDay }, { source: 1, count: 1 })
    .session(session ?? null)
    .lean<Pick<Bucket, 'source' | 'count'>[]>();
  const counted = parts.reduce((sum, { source, count }) => sum + (source === 'event' ? count : 0), 0);
  if (counted === recorded - uncounted) return null;
  return (
    `${recorded} events were recorded on ${recordedDay}, of which ${uncounted} wait to be counted, ` +
    `and the buckets have ${counted}.`
  );
}
