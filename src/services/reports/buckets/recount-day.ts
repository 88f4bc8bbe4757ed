import type { ClientSession } from 'mongoose';
import type { Database } from '../../../models/database';
import { bucketId } from './add-to-buckets';
import type { RecordedDay } from '../../../models/reconciler-state';
import { tallyRecordedDay } from './recorded-days';

const BATCH = 500;

export interface RecountDayInput extends RecordedDay {
  database: Database;
  /** The transaction that all is read and written in. */
  session: ClientSession;
}

/**
 * Replaces the buckets of a day of recording by what the source says. Consumers may count meanwhile: what an open row
 * will count is left out, and a consumer that writes one of the buckets conflicts with this transaction.
 */
export async function recountDay(input: RecountDayInput): Promise<void> {
  const { database, session, tenantId, recordedDay } = input;
  const { reportBuckets } = database.models;
  const stored = await reportBuckets.find({ tenantId, recordedDay }, { _id: 1 }).session(session).lean();
  const { buckets } = await tallyRecordedDay(input);
  const documents = [...buckets].map(([key, bucket]) => ({ _id: bucketId(tenantId, key, 0), tenantId, ...bucket }));
  const kept = new Set(documents.map(({ _id }) => _id));
  const superfluous = stored.map(({ _id }) => _id).filter((id) => !kept.has(id));
  if (superfluous.length > 0) await reportBuckets.deleteMany({ tenantId, _id: { $in: superfluous } }, { session });
  for (let from = 0; from < documents.length; from += BATCH) {
    const replacements = documents.slice(from, from + BATCH).map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id: _id as never }, replacement, upsert: true },
    }));
    await reportBuckets.collection.bulkWrite(replacements, { session });
  }
}
