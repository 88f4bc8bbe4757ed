import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { BucketTally } from '../../domain/reports/buckets/bucket-tally';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import { markAllDone } from '../../services/outbox';
import { addToBuckets, PARTS } from '../../services/reports/buckets/add-to-buckets';
import { countedFields, tallyEvents, type CountableEvent } from '../../services/reports/buckets/tally-events';
import type { ApplyRows } from '../relay/apply-inline';

const ATTEMPTS = 3;

/**
 * Counts each event once in the buckets that reports read: the counts are written in the transaction that marks the
 * rows as done. All counts of a process go to the same part of the buckets, so that a day has few documents; after a
 * conflict with another process they go to another part.
 */
export function createCountEvents({ database }: { database: Database }): ApplyRows {
  let part = randomInt(PARTS);
  return async (rows) => {
    const rowIds = rows.map(({ _id }) => _id);
    let tries = 0;
    const countOnce = (session: ClientSession): Promise<void> => {
      tries += 1;
      if (tries > 1) part = randomInt(PARTS);
      return count({ database, session, rowIds, part });
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await database.inTransaction(countOnce);
        return;
      } catch (error) {
        // Two processes inserted the same part: the loser takes another one the next time.
        if (!isDuplicateKey(error) || attempt === ATTEMPTS) throw error;
      }
    }
  };
}

interface CountInput {
  database: Database;
  session: ClientSession;
  rowIds: readonly string[];
  part: number;
}

async function count({ database, session, rowIds, part }: CountInput): Promise<void> {
  const { outbox, events } = database.models;
  const rows = await outbox
    .find({ _id: { $in: [...rowIds] }, open: true, pending: 'analytics' })
    .session(session)
    .lean();
  if (rows.length === 0) return;
  // An event that is gone belonged to a tenant that was erased meanwhile, and has nothing to count.
  const counted = await events
    .find({ _id: { $in: rows.map(({ eventId }) => eventId ?? '') } }, countedFields)
    .session(session)
    .lean<CountableEvent[]>();
  const tallies = new Map<string, BucketTally>();
  await tallyEvents({ database, session, events: counted, tallies });
  await addToBuckets({ database, session, tallies, part });
  await markAllDone({ database, rows, consumer: 'analytics', session });
}
