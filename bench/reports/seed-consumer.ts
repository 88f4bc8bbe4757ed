// Bundled and loaded by the measurement of the consumer that counts: its rows, and what counted them before buckets.
import { randomInt } from 'node:crypto';
import { newId } from '../../src/domain/ids';
import { postAuthorise, postCapture } from '../../src/domain/payments/ledger';
import { openDatabase, type Database } from '../../src/models/database';
import { ensureIndexes } from '../../src/models/ensure-indexes';
import type { OutboxRow } from '../../src/models/outbox-row';
import { createCountEvents } from '../../src/queue/inline/count-events';
import type { ApplyRows } from '../../src/queue/relay/apply-inline';
import { insertDocuments } from '../../src/services/insert-documents';
import { newOutboxRow } from '../../src/services/new-outbox-row';
import { markAllDone } from '../../src/services/outbox';

const BUSY_MS = 60_000;
/** The rows that a relay leases at a time. */
const LEASE = 100;
/** The events of a captured payment; two of their steps post. */
const TYPES = ['accepted', 'authorising', 'authorised', 'capturing', 'captured', 'notified'] as const;

/** Opens the database at an address for rows of the consumer, with its collections and indexes. */
export async function openSeeds({ uri }: { uri: string }) {
  const database = openDatabase({ uri, appName: 'bench', unavailableAfterMs: BUSY_MS });
  await database.connection.asPromise();
  await ensureIndexes(database);
  const consumers = { buckets: createCountEvents({ database }), daily: createCountDaily(database) };

  return {
    /** Writes the events of payments, and returns the microseconds of CPU in which the consumer counts each of them. */
    async count({ consumer, payments }: { consumer: keyof typeof consumers; payments: number }): Promise<number> {
      const rows = await insertPayments(database, payments);
      const before = process.cpuUsage();
      for (let from = 0; from < rows.length; from += LEASE) await consumers[consumer](rows.slice(from, from + LEASE));
      const { user, system } = process.cpuUsage(before);
      const left = await database.models.outbox.countDocuments({ tenantId: TENANT, open: true });
      if (left > 0) throw new Error(`${left} rows were not counted`);
      return (user + system) / rows.length;
    },
    close: () => database.close(),
  };
}

const TENANT = 'ptn_bench:live';

async function insertPayments({ models }: Database, count: number): Promise<OutboxRow[]> {
  const at = new Date();
  const about = { tenantId: TENANT, entityType: 'payment' as const, correlationId: 'bench' };
  const paymentIds = Array.from({ length: count }, () => newId('payment'));
  const events = paymentIds.flatMap((entityId) =>
    TYPES.map((state, index) => ({
      ...about,
      _id: newId('event'),
      entityId,
      step: state,
      type: `payment.${state}` as never,
      state,
      version: index + 1,
      at,
      by: { kind: 'workflow' as const, id: null },
      data: {},
    })),
  );
  const amount = { amountMinor: 1250, currency: 'EUR' };
  const postings = paymentIds.flatMap((paymentId) => [
    postAuthorise({ key: `${paymentId}:authorise:1`, paymentId, amount }),
    postCapture({ key: `${paymentId}:capture:1`, paymentId, captured: amount, authorised: amount }),
  ]);
  const rows = events.map(({ _id: eventId, entityId }) =>
    newOutboxRow({ ...about, entityId, eventId, pending: ['analytics'] }),
  );
  await insertDocuments({ model: models.events, documents: events });
  await insertDocuments({
    model: models.ledgerPostings,
    documents: postings.map(({ key: _id, ...posting }) => ({ _id, tenantId: TENANT, ...posting, at, recordedAt: at })),
  });
  await insertDocuments({ model: models.outbox, documents: rows });
  return rows;
}

/** The consumer of before: a count for each type of event and day, without money and times of recording. */
const createCountDaily =
  (database: Database): ApplyRows =>
  (leased) =>
    database.inTransaction(async (session) => {
      const { outbox, events } = database.models;
      const rowIds = leased.map(({ _id }) => _id);
      const rows = await outbox
        .find({ _id: { $in: rowIds }, open: true, pending: 'analytics' })
        .session(session)
        .lean();
      const counted = await events
        .find({ _id: { $in: rows.map(({ eventId }) => eventId ?? '') } }, { tenantId: 1, type: 1, at: 1 })
        .session(session)
        .lean();
      const part = randomInt(16);
      const counts = new Map<string, { tenantId: string; day: string; type: string; count: number }>();
      for (const { tenantId, type, at } of counted) {
        const day = at.toISOString().slice(0, 10);
        const id = `${tenantId}/${day}/${type}/${part}`;
        counts.set(id, { tenantId, day, type, count: (counts.get(id)?.count ?? 0) + 1 });
      }
      const updates = [...counts].map(([id, { count, ...about }]) => ({
        updateOne: { filter: { _id: id as never }, update: { $inc: { count }, $setOnInsert: about }, upsert: true },
      }));
      await database.connection.collection('daily_counts').bulkWrite(updates, { session });
      await markAllDone({ database, rows, consumer: 'analytics', session });
    });
