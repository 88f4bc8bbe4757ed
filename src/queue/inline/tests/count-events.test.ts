import { newId } from '../../../domain/ids';
import { postCapture } from '../../../domain/payments/ledger';
import type { Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import { newOutboxRow } from '../../../services/new-outbox-row';
import { markDone } from '../../../services/outbox';
import { silent } from '../../../testing/queue-test-bed';
import { noInline } from '../../../testing/relay-test-bed';
import { watchCommands } from '../../../testing/servers/count-commands';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { createOutboxRelay } from '../../relay/outbox-relay';
import { createCountEvents } from '../count-events';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const rowById = async (id: string) => (await database.models.outbox.findById(id).lean()) as OutboxRow;

test('one of many racing callers records a consumer as done; the last consumer closes the row', async () => {
  const row = newOutboxRow({
    tenantId: 'ptn_1:live',
    entityType: 'onboarding',
    entityId: 'onb',
    correlationId: 'c',
    pending: ['mail', 'analytics'],
  });
  await database.models.outbox.insertMany([row]);
  const race = (consumer: 'mail' | 'analytics') =>
    Promise.all(Array.from({ length: 20 }, () => markDone({ database, rowId: row._id, consumer })));
  expect((await race('mail')).filter(Boolean)).toHaveLength(1);
  expect(await rowById(row._id)).toMatchObject({ open: true, pending: ['analytics'], doneAt: null });
  expect((await race('analytics')).filter(Boolean)).toHaveLength(1);
  expect(await rowById(row._id)).toMatchObject({ pending: [], lease: null, doneAt: expect.any(Date) });
});

const at = new Date('2026-03-01T23:59:59Z');

/** Writes an event with the row of the outbox that has it counted. */
async function newEvent(tenantId: string): Promise<OutboxRow> {
  const eventId = newId('event');
  const about = { tenantId, entityType: 'onboarding', entityId: newId('onboarding'), correlationId: 'c' } as const;
  await database.models.events.insertMany([
    {
      ...about,
      _id: eventId,
      step: 's',
      type: 'onboarding.verified',
      state: 'x',
      version: 1,
      at,
      by: { kind: 'workflow', id: null },
      data: {},
    },
  ]);
  const row = newOutboxRow({ ...about, pending: ['analytics'], eventId });
  await database.models.outbox.insertMany([row]);
  return row;
}

const rowsOf = (tenantId: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => newEvent(tenantId)));
const countedOf = (tenantId: string) => database.models.reportBuckets.find({ tenantId }).lean();

test('events whose counts could not be written are still to be counted', async () => {
  const tenantId = `${newId('partner')}:live`;
  const rows = await rowsOf(tenantId, 3);
  const away = new Error('MongoDB is away');
  const bulkWrite = jest.spyOn(database.models.reportBuckets.collection, 'bulkWrite').mockRejectedValue(away);
  await expect(createCountEvents({ database })(rows)).rejects.toBe(away);
  bulkWrite.mockRestore();
  for (const row of rows) expect(await rowById(row._id)).toMatchObject({ open: true, pending: ['analytics'] });
});

test('each event is counted once, however many relays apply it at the same time', async () => {
  const tenantId = `${newId('partner')}:live`;
  const rows = await rowsOf(tenantId, 10);
  const apply = createCountEvents({ database });
  await Promise.allSettled([rows, rows.slice(3), rows.slice(0, 6), rows].map(apply));
  await apply(rows);
  expect(await database.models.outbox.countDocuments({ tenantId, open: true })).toBe(0);
  const counts = await countedOf(tenantId);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  const sums = { count: expect.any(Number), first: expect.any(Date), last: expect.any(Date) };
  const [source, kind] = ['event', 'onboarding.verified'];
  const about = { source, kind, detail: null, currency: null, day: '2026-03-01', recordedDay: expect.any(String) };
  for (const count of counts)
    expect(count).toEqual({
      _id: expect.stringMatching(`^${tenantId}/\\d{4}-\\d\\d-\\d\\d/event/2026-03-01/${kind}/-/\\d+$`),
      tenantId,
      ...about,
      ...sums,
      quarters: { 95: sums },
    });
});

test('an event of a tenant that was erased has nothing to count and stops no other', async () => {
  const tenantId = `${newId('partner')}:live`;
  const rows = await rowsOf(tenantId, 2);
  await database.models.events.deleteOne({ _id: rows[0]!.eventId! });
  await createCountEvents({ database })(rows);
  expect(await database.models.outbox.countDocuments({ tenantId, open: true })).toBe(0);
  expect((await countedOf(tenantId)).map(({ count }) => count)).toEqual([1]);
});

test('a hundred events are leased by four commands and counted by five, with no call to Redis', async () => {
  const tenantId = `${newId('partner')}:live`;
  await database.models.outbox.deleteMany({});
  await rowsOf(tenantId, 100);
  const publish = jest.fn();
  const relay = createOutboxRelay({
    database,
    starter: { start: async () => undefined },
    queues: { publish },
    inline: { ...noInline, analytics: createCountEvents({ database }) },
    logger: silent,
  });
  const taken = watchCommands(database);
  await relay.sweep();
  // The lanes to Temporal and Redis look for rows of theirs.
  const commands = taken().toSorted();
  commands.splice(commands.indexOf('find outbox'), 2);
  const leased = ['find outbox', 'update outbox', 'commitTransaction', 'find outbox'];
  const counted = ['find outbox', 'find events', 'update report_buckets', 'update outbox', 'commitTransaction'];
  expect(commands).toEqual([...leased, ...counted].toSorted());
  expect(publish).not.toHaveBeenCalled();
  expect(await database.models.outbox.countDocuments({ tenantId, open: true })).toBe(0);
});

test('money is counted with the events of its steps, by one command more', async () => {
  const tenantId = `${newId('partner')}:live`;
  const [rows, paymentId] = [await rowsOf(tenantId, 2), newId('payment')];
  const { events, ledgerPostings, reportBuckets } = database.models;
  await events.updateOne({ _id: rows[0]!.eventId! }, { $set: { type: 'payment.captured', entityId: paymentId } });
  const amount = { amountMinor: 1250, currency: 'EUR' };
  const key = `${paymentId}:capture:1`;
  const { key: _id, ...posting } = postCapture({ key, paymentId, captured: amount, authorised: amount });
  await ledgerPostings.insertMany([{ _id, ...posting, tenantId, at, recordedAt: new Date() }]);
  const taken = watchCommands(database);
  await createCountEvents({ database })(rows);
  expect(taken()).toEqual([
    'find outbox',
    'find events',
    'find ledger_postings',
    'update report_buckets',
    'update outbox',
    'commitTransaction',
  ]);
  const moved = { authorised: -1250, authorised_contra: -1250, captured: 1250, fulfilled: 1250 };
  expect(await reportBuckets.findOne({ tenantId, source: 'posting' }).lean()).toMatchObject({
    kind: 'capture',
    currency: 'EUR',
    count: 1,
    moved,
    quarters: { 95: { count: 1, moved } },
  });
});
