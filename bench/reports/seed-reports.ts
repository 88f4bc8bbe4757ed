// Bundled and loaded by the measurements of reports: writes the facts that the API would have written in days.
import { createGridFsFileStore } from '../../src/clients/storage/gridfs-file-store';
import type { Actor } from '../../src/domain/actor';
import { newId } from '../../src/domain/ids';
import { postCapture } from '../../src/domain/payments/ledger';
import { openDatabase } from '../../src/models/database';
import { ensureIndexes } from '../../src/models/ensure-indexes';
import { bucketId } from '../../src/services/reports/buckets/add-to-buckets';
import { BUCKETS_FORM } from '../../src/services/reports/buckets/buckets-progress';
import { nextRecordedDay, tallyRecordedDay } from '../../src/services/reports/buckets/recorded-days';
import { insertDocuments } from '../../src/services/insert-documents';
import { acceptSchedule, prepareSchedules } from '../../src/services/reports/schedules/accept-schedule';
import { seedPartner } from '../../src/testing/worlds/seed-partner';

const BATCH = 2000;
/** A server that is busy with a batch takes connections late. */
const BUSY_MS = 60_000;
const DAY = 86_400_000;
/** Types that a summary counts, and one that it does not. */
const EVENT_TYPES = [
  'payment.accepted',
  'payment.authorised',
  'payment.declined',
  'onboarding.accepted',
  'user.changed',
];

export interface SeedDayInput {
  tenantId: string;
  /** The date in UTC: `2026-03-29`. */
  date: string;
  count: number;
}

/** Opens the database at an address for seeds, with its collections and indexes. */
export async function openSeeds({ uri }: { uri: string }) {
  const database = openDatabase({ uri, appName: 'bench', unavailableAfterMs: BUSY_MS });
  await database.connection.asPromise();
  await ensureIndexes(database);
  const { events, ledgerPostings, outbox, payments, reconcilerStates } = database.models;
  const { reportBuckets, reports, reportSchedules } = database.models;
  const fileStore = createGridFsFileStore({ database });

  return {
    /** Writes payments captured over a day, as far as reports read them: a posting each, and its payment's names. */
    insertPayments: ({ tenantId, date, count }: SeedDayInput): Promise<void> =>
      inBatches(count, async (indexes) => {
        const captured = indexes.map((index) => {
          const at = instantAt({ date, index, count });
          const paymentId = newId('payment');
          const amount = { amountMinor: 100 + (index % 50_000), currency: 'EUR' };
          const { key, ...posting } = postCapture({
            key: `${paymentId}:capture:1`,
            paymentId,
            captured: amount,
            authorised: amount,
          });
          const names = { orderRef: `order-${index}`, customerId: `customer-${index % 5000}`, description };
          return {
            posting: { _id: key, tenantId, ...posting, at, recordedAt: at },
            payment: { _id: paymentId, tenantId, state: 'captured', createdAt: at, amount, ...names },
          };
        });
        await Promise.all([
          insertDocuments({ model: ledgerPostings, documents: captured.map(({ posting }) => posting) }),
          payments.collection.insertMany(captured.map(({ payment }) => payment) as never[], { ordered: false }),
        ]);
      }),

    /** Writes events over a day. */
    insertEvents: ({ tenantId, date, count }: SeedDayInput): Promise<void> =>
      inBatches(count, (indexes) => {
        const documents = indexes.map((index) => ({
          _id: newId('event'),
          tenantId,
          entityType: 'payment' as const,
          entityId: newId('payment'),
          step: 'accept',
          type: EVENT_TYPES[index % EVENT_TYPES.length] as never,
          state: 'accepted',
          version: 1,
          at: instantAt({ date, index, count }),
          by,
          data: {},
          correlationId: 'bench',
        }));
        return insertDocuments({ model: events, documents });
      }),

    /** Counts everything of a tenant in buckets. Returns the number of their documents. */
    async countBuckets({ tenantId }: { tenantId: string }): Promise<number> {
      let documents = 0;
      let day = await nextRecordedDay({ database, after: { tenantId, recordedDay: '1970-01-01' } });
      for (; day?.tenantId === tenantId; day = await nextRecordedDay({ database, after: day })) {
        const { buckets } = await tallyRecordedDay({ database, ...day });
        const stored = [...buckets].map(([key, bucket]) => ({ _id: bucketId(tenantId, key, 0), tenantId, ...bucket }));
        await inBatches(stored.length, (indexes) =>
          insertDocuments({ model: reportBuckets, documents: indexes.map((index) => stored[index]!) }),
        );
        documents += stored.length;
      }
      return documents;
    },

    /**
     * Has reports of long windows read the buckets or the source. The workers here have no relay: the rows that it
     * would have counted are taken as counted.
     */
    async readBy(readBy: 'buckets' | 'source'): Promise<void> {
      await outbox.updateMany({ open: true, pending: 'analytics' }, { $set: { pending: [] }, $unset: { open: 1 } });
      const buckets = { form: BUCKETS_FORM, built: readBy === 'buckets', after: null };
      const heldUntil = new Date(Date.now() + DAY);
      await reconcilerStates.updateOne(
        { _id: 'reconciler' },
        { $set: { buckets, heldBy: 'bench', heldUntil } },
        { upsert: true },
      );
    },

    /** Writes schedules of a daily summary, each of a tenant of its own, of which none is due today or tomorrow. */
    async insertSchedules(count: number): Promise<void> {
      const { tenantId } = await seedPartner({ database });
      await prepareSchedules({ database, tenantId });
      const request = { type: 'summary', period: 'day', at: '23:59', timeZone: 'UTC', formats: ['json'] } as const;
      const order = { database, tenantId, request, correlationId: 'bench', by, at: new Date(), offsetMs: 0 };
      const schedule = await database.inTransaction((session) => acceptSchedule({ ...order, session }));
      const later = (Math.ceil(Date.now() / DAY) + 1) * DAY;
      await inBatches(count, (indexes) => {
        const documents = indexes.map((index) => {
          const nextAt = new Date(later + index * 1000);
          const others = `${newId('partner')}:sandbox`;
          return { ...schedule, _id: newId('reportSchedule'), tenantId: others, nextAt, dueAt: nextAt };
        });
        return insertDocuments({ model: reportSchedules, documents });
      });
      await reportSchedules.deleteOne({ _id: schedule._id, tenantId });
    },

    /** Puts a file of so many rows in the place of the CSV file of a completed report. Returns its size in bytes. */
    async replaceCsv({ tenantId, reportId, rows }: { tenantId: string; reportId: string; rows: number }) {
      const fileId = newId('file');
      const { bytes, sha256 } = await fileStore.write({ key: fileId, stream: csvOf(rows) });
      await reports.updateOne(
        { _id: reportId, tenantId, 'files.format': 'csv' },
        { $set: { 'files.$.fileId': fileId, 'files.$.bytes': bytes, 'files.$.sha256': sha256 } },
      );
      return bytes;
    },

    close: () => database.close(),
  };
}

const by: Actor = { kind: 'api_key', id: 'bench' };
const description = 'Two tickets for the matinée, row 7';

/** Spreads `count` instants evenly over a day. */
const instantAt = ({ date, index, count }: { date: string; index: number; count: number }): Date =>
  new Date(Date.parse(date) + Math.floor((index * DAY) / count));

/** Calls `write` with the numbers from 0 below `count`, some at a time. */
async function inBatches(count: number, write: (indexes: number[]) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += BATCH)
    await write(Array.from({ length: Math.min(BATCH, count - from) }, (_each, index) => from + index));
}

/** Yields lines as long as those of the report `payments`. */
async function* csvOf(rows: number): AsyncGenerator<Uint8Array> {
  const paymentId = newId('payment');
  for (let from = 0; from < rows; from += BATCH) {
    const lines = Array.from(
      { length: Math.min(BATCH, rows - from) },
      (_each, index) =>
        `${paymentId},,order-${from + index},customer-1,"${description}",${paymentId}:capture:1,capture,` +
        '2026-03-29T10:00:00.000Z,2026-03-29T12:00:00.000+02:00,EUR,12.34,0.00\r\n',
    );
    yield Buffer.from(lines.join(''));
  }
}
