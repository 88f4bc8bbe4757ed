import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';
import { idPrefixes, newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { createCountEvents } from '../../../queue/inline/count-events';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import { assembleReport } from '../assemble-report';
import { BUCKETS_FORM } from '../buckets/buckets-progress';
import { mayReadBuckets } from '../buckets/may-read-buckets';
import { insertRows } from '../gather/tests/count-history';
import { record } from '../gather/tests/gather-all';
import { randomPayments } from '../gather/tests/random-facts';
import { gatherSection } from '../gather-section';
import { orderWindow } from '../order-report';

const LATER = new Date('2030-01-01T00:00:00Z');
const asOf = new Date('2026-07-01T00:00:00Z');
const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });

let database: Database;
let drop: () => Promise<void>;
let rows: Awaited<ReturnType<typeof insertRows>>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  const around = new Date('2026-03-20T00:00:00Z');
  const history = randomPayments({ tenantId, around, count: 30, seed: 5 });
  await record(database, history, LATER);
  rows = await insertRows(database, history);
  await createCountEvents({ database })(rows);
});
afterAll(() => drop());

const setBuilt = (built: boolean) =>
  database.models.reconcilerStates.updateOne(
    { _id: 'reconciler' },
    { $set: { buckets: { form: BUCKETS_FORM, built, after: null } }, $setOnInsert: { heldUntil: new Date(0) } },
    { upsert: true },
  );

/** Makes a summary as far as its figures, and returns its digest. */
async function digestOf(period: string, onPage = (): void => undefined): Promise<string | null> {
  const window = windowOf({ period, timeZone: 'Africa/Cairo', now: asOf.toISOString() });
  const asked = { tenantId, type: 'summary', window, filters: {}, formats: ['csv'] as const };
  const order = await orderWindow({ database, asked, at: asOf, asOf });
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at: asOf, offsetMs: 0 };
  const { report } = await database.inTransaction((session) => acceptReport({ ...about, session }));
  const reportId = report._id;
  await database.models.reports.updateOne({ _id: reportId }, { $set: { state: 'gathering', chain: 'chain' } });
  await gatherSection({ database, tenantId, reportId, chain: 'chain', section: 'figures', onPage });
  return (await assembleReport({ database, tenantId, reportId })).dataDigest;
}

it('a report of a long window reads the buckets once they are built, with the same digest', async () => {
  const { reportBuckets } = database.models;
  await setBuilt(false);
  const [march, day] = [await digestOf('2026-03'), await digestOf('2026-03-20')];
  await setBuilt(true);
  expect(await digestOf('2026-03')).toBe(march);
  // Only who reads the buckets sees what was changed in them.
  const accepted = { tenantId, kind: 'payment.accepted' };
  await reportBuckets.updateMany(accepted, { $inc: { count: 1 } });
  expect(await digestOf('2026-03')).not.toBe(march);
  expect(await digestOf('2026-03-20')).toBe(day);
  await setBuilt(false);
  expect(await digestOf('2026-03')).toBe(march);
  await reportBuckets.updateMany(accepted, { $inc: { count: -1 } });
});

it('a report waits for the consumer of what was recorded up to its asOf, and for nothing later', async () => {
  await setBuilt(true);
  const march = await digestOf('2026-03');
  const { outbox, reportBuckets, events } = database.models;
  const late = { ...rows[0]!, _id: newId('outboxRow'), eventId: newId('event') };
  await outbox.insertMany([late]);
  expect(await digestOf('2026-03')).toBe(march);

  // One event is as if it were not counted yet.
  const type = 'payment.accepted';
  const event = (await events.findOne({ tenantId, type }).sort({ at: 1 }).lean())!;
  const row = rows.find(({ eventId }) => eventId === event._id)!;
  const { _id } = (await reportBuckets
    .findOne({ tenantId, kind: type, day: event.at.toISOString().slice(0, 10) })
    .lean())!;
  await reportBuckets.updateOne({ _id }, { $inc: { count: -1 } });
  await outbox.updateOne({ _id: row._id }, { $set: { open: true, pending: ['analytics'] } });
  let waits = 0;
  const consumed = async (): Promise<void> => {
    await createCountEvents({ database })([row]);
  };
  const digest = digestOf('2026-03', () => {
    waits += 1;
    if (waits === 2) void consumed();
  });
  expect(await digest).toBe(march);
  expect(waits).toBeGreaterThan(2);
});

it('ten minutes after the request a report no longer waits for the consumer, and reads the source', async () => {
  await setBuilt(true);
  const { outbox } = database.models;
  await outbox.updateOne({ _id: rows[0]!._id }, { $set: { open: true, pending: ['analytics'] } });
  const requestedAgo = (ms: number): string =>
    TypeID.fromUUID(idPrefixes.report, v7({ msecs: Date.now() - ms })).toString();
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
    throw new Error('cancelled');
  };
  const asked = { database, tenantId, asOf, onWait };
  await expect(mayReadBuckets({ ...asked, reportId: requestedAgo(590_000) })).rejects.toThrow('cancelled');
  expect(await mayReadBuckets({ ...asked, reportId: requestedAgo(601_000) })).toBe(false);
  expect(waits).toBe(1);
  await createCountEvents({ database })([rows[0]!]);
});
