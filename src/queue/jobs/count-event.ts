import { randomInt } from 'node:crypto';
import type { Database } from '../../models/database';
import { markDone } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import type { ActOnRow } from '../relay/consume-row';

const DUPLICATE_KEY = 11000;
const ATTEMPTS = 3;
/** Number of documents over which a count is spread. */
const PARTS = 16;

/**
 * Counts an event once for its tenant and day (UTC): the count is written in the transaction that marks the row as
 * done.
 */
export function createCountEvent({ database }: { database: Database }): ActOnRow {
  return async (row) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.inTransaction((session) => countOnce(database, row, session));
      } catch (error) {
        // Two first events of a day both inserted its document; the loser finds it at the next attempt.
        if ((error as { code?: unknown }).code !== DUPLICATE_KEY || attempt === ATTEMPTS) throw error;
      }
    }
  };
}

async function countOnce(
  database: Database,
  row: OutboxRow,
  session: Parameters<Parameters<Database['inTransaction']>[0]>[0],
): Promise<boolean> {
  if (!(await markDone({ database, rowId: row._id, consumer: 'analytics', session }))) return false;
  const event = await database.models.events
    .findOne({ _id: row.eventId ?? '', tenantId: row.tenantId }, { type: 1, at: 1 })
    .session(session)
    .lean();
  // A tenant erased meanwhile has nothing to count.
  if (!event) return true;
  const day = event.at.toISOString().slice(0, 10);
  await database.models.dailyCounts.updateOne(
    { _id: `${row.tenantId}/${day}/${event.type}/${randomInt(PARTS)}` },
    { $inc: { count: 1 }, $setOnInsert: { tenantId: row.tenantId, day, type: event.type } },
    { upsert: true, session },
  );
  return true;
}
