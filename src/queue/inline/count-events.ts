import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import { markAllDone } from '../../services/outbox';
import type { ApplyRows } from '../relay/apply-inline';

const ATTEMPTS = 3;
/** Number of documents over which a count is spread. */
const PARTS = 16;

/**
 * Counts each event once for its tenant and day (UTC): the counts are written in the transaction that marks the rows as
 * done.
 */
export function createCountEvents({ database }: { database: Database }): ApplyRows {
  return async (rows) => {
    const rowIds = rows.map(({ _id }) => _id);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await database.inTransaction((session) => countOnce(database, rowIds, session));
        return;
      } catch (error) {
        // Two first events of a day both inserted its document: the loser finds it, or takes another, the next time.
        if (!isDuplicateKey(error) || attempt === ATTEMPTS) throw error;
      }
    }
  };
}

async function countOnce(database: Database, rowIds: readonly string[], session: ClientSession): Promise<void> {
  const { outbox, events, dailyCounts } = database.models;
  const rows = await outbox
    .find({ _id: { $in: [...rowIds] }, open: true, pending: 'analytics' })
    .session(session)
    .lean();
  if (rows.length === 0) return;
  // An event that is gone belonged to a tenant that was erased meanwhile, and has nothing to count.
  const counted = await events
    .find({ _id: { $in: rows.map(({ eventId }) => eventId ?? '') } }, { tenantId: 1, type: 1, at: 1 })
    .session(session)
    .lean();
  const part = randomInt(PARTS);
  const counts = new Map<string, { tenantId: string; day: string; type: string; count: number }>();
  for (const { tenantId, type, at } of counted) {
    const day = at.toISOString().slice(0, 10);
    const id = `${tenantId}/${day}/${type}/${part}`;
    counts.set(id, { tenantId, day, type, count: (counts.get(id)?.count ?? 0) + 1 });
  }
  if (counts.size > 0)
    await dailyCounts.collection.bulkWrite(
      [...counts].map(([id, { count, ...about }]) => ({
        updateOne: { filter: { _id: id as never }, update: { $inc: { count }, $setOnInsert: about }, upsert: true },
      })),
      { session },
    );
  await markAllDone({ database, rows, consumer: 'analytics', session });
}
