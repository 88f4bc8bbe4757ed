import type { OutboxRow } from '../../../models/outbox-row';
import { markDone } from '../../../services/outbox';
import { silent } from '../../../testing/queue-test-bed';
import { noInline, openRelayTestBed, rowFor, type RelayTestBed } from '../../../testing/relay-test-bed';
import type { ApplyRows } from '../apply-inline';
import { createOutboxRelay } from '../outbox-relay';

let bed: RelayTestBed;
beforeAll(async () => {
  bed = await openRelayTestBed();
});
afterEach(() => bed.clear());
afterAll(() => bed.close());

const rowById = async (id: string) => (await bed.database.models.outbox.findById(id).lean()) as OutboxRow;
const sweepWith = (analytics: ApplyRows) =>
  createOutboxRelay({
    database: bed.database,
    starter: { start: bed.recordStart },
    queues: { publish: async () => undefined },
    inline: { ...noInline, analytics },
    logger: silent,
  }).sweep();

const applied: ApplyRows = async (rows) => {
  for (const { _id: rowId } of rows) await markDone({ database: bed.database, rowId, consumer: 'analytics' });
};

test('rows of one lease are applied in one batch', async () => {
  const batches: number[] = [];
  await bed.database.models.outbox.insertMany(Array.from({ length: 60 }, () => rowFor('analytics')));
  await sweepWith(async (rows) => {
    batches.push(rows.length);
    await applied(rows);
  });
  expect(batches).toEqual([60]);
  expect(await bed.database.models.outbox.countDocuments({ open: true })).toBe(0);
});

test('a row that cannot be applied is counted as failed, retried later, and stops no other', async () => {
  const rows = Array.from({ length: 5 }, () => rowFor('analytics'));
  const bad = rows[2]!;
  await bed.database.models.outbox.insertMany(rows);
  await sweepWith(async (batch) => {
    if (batch.some(({ _id }) => _id === bad._id)) throw new Error('refused for ada@example.com');
    await applied(batch);
  });
  const open = await bed.database.models.outbox.find({ open: true }).lean();
  expect(open).toEqual([expect.objectContaining({ _id: bad._id, failures: 1, lease: null })]);
  expect(open[0]?.lastError).toBe('Error: refused for [address]');
});

test('while the database is down no failure is counted, and rows are applied after their lease', async () => {
  const row = rowFor('analytics');
  await bed.database.models.outbox.insertMany([row]);
  await sweepWith(async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  });
  expect(await rowById(row._id)).toMatchObject({ open: true, failures: 0, pending: ['analytics'] });
});

test('a row that waits for a queue too is due for it at once', async () => {
  const row = rowFor('analytics', { pending: ['analytics', 'mail'], dueAt: new Date(Date.now() - 1000) });
  await bed.database.models.outbox.insertMany([row]);
  const sent: string[] = [];
  const relay = createOutboxRelay({
    database: bed.database,
    starter: { start: bed.recordStart },
    queues: { publish: async ({ rowIds }) => void sent.push(...rowIds) },
    inline: { ...noInline, analytics: applied },
    logger: silent,
  });
  await relay.sweep();
  if (sent.length === 0) await relay.sweep();
  expect(sent).toEqual([row._id]);
});
