import { Redis } from 'ioredis';
import type { Consumer } from '../../../contracts/outbox';
import type { Database } from '../../../models/database';
import { markDone } from '../../../services/outbox';
import type { OutboxRow } from '../../../models/outbox-row';
import { createQueueWorkers } from '../../create-queue-workers';
import { createOutboxRelay, type CreateOutboxRelayInput } from '../outbox-relay';
import { eventually, ownPrefix, silent, testRedisUrl } from '../../../testing/queue-test-bed';
import { casesOf } from '../../../testing/long-form';
import { deferred } from '../../../testing/deferred';
import { noInline, openRelayTestBed, rowFor, type RelayTestBed } from '../../../testing/relay-test-bed';

/** Number of rows for two relays and two sets of consumers. */
const ROWS = casesOf({ short: 200, long: 1_000 });

let bed: RelayTestBed;
let database: Database;

beforeAll(async () => {
  bed = await openRelayTestBed();
  ({ database } = bed);
});
afterEach(() => bed.clear());
afterAll(() => bed.close());

/** Counts an effect per row and consumer in the transaction that records it, as a real consumer does. */
const countingConsumer = (counted: Database, consumer: Consumer) => async (row: OutboxRow) =>
  counted.inTransaction(async (session) => {
    if (!(await markDone({ database: counted, rowId: row._id, consumer, session }))) return false;
    await counted.models.reportBuckets.updateOne(
      { _id: `${row._id}/${consumer}` },
      { $inc: { count: 1 }, $setOnInsert: { tenantId: row.tenantId } },
      { upsert: true, session },
    );
    return true;
  });

test('every effect happens once per consumer though Redis is flushed and both relays die midway', async () => {
  const prefix = ownPrefix();
  const url = testRedisUrl();
  const rows = [
    ...Array.from({ length: ROWS / 2 }, () => rowFor('mail', { pending: ['mail', 'analytics'] })),
    ...Array.from({ length: ROWS / 4 }, () => rowFor('analytics')),
    ...Array.from({ length: ROWS / 4 }, () => rowFor('temporal')),
  ];
  for (let i = 0; i < 2; i += 1) {
    const workers = createQueueWorkers({
      redisUrl: url,
      prefix,
      database,
      queues: bed.openQueues(prefix),
      logger: silent,
      periodic: {},
      consumers: { mail: countingConsumer(database, 'mail') },
    });
    bed.onClear(() => workers.close());
  }
  const startCounting = countingConsumer(database, 'temporal');
  const starter = { start: async (row: OutboxRow) => void (await startCounting(row)) };
  const applyCounting = countingConsumer(database, 'analytics');
  const inline = {
    ...noInline,
    analytics: async (leased: readonly OutboxRow[]) => {
      for (const row of leased) await applyCounting(row);
    },
  };
  const relayInput = () => ({ starter, inline, queues: bed.openQueues(prefix), leaseMs: 3000 });
  // A killed relay has leased rows, and neither sends, applies nor leases any more.
  const { promise: hung, resolve: endHanging } = deferred();
  const killed = [0, 1].map(() => {
    const input = relayInput();
    let published = 0;
    let dead = false;
    const dying: Omit<CreateOutboxRelayInput, 'database' | 'logger'> = {
      ...input,
      starter: { start: (row) => (dead ? hung : starter.start(row)) },
      inline: { ...inline, analytics: (leased) => (dead ? hung : inline.analytics(leased)) },
      queues: {
        publish: async (batch) => {
          published += batch.rowIds.length;
          dead ||= published > ROWS / 5;
          await (dead ? hung : input.queues.publish(batch));
        },
      },
    };
    return {
      relay: createOutboxRelay({ database, logger: silent, pollMs: 50, ...dying }),
      isDead: () => dead,
    };
  });
  await database.models.outbox.insertMany(rows);
  for (const { relay } of killed) void relay.run();

  await eventually(async () => expect(killed.every(({ isDead }) => isDead())).toBe(true));
  const flushing = new Redis(url);
  bed.onClear(async () => flushing.disconnect());
  const keys = await flushing.keys(`${prefix}*`);
  if (keys.length > 0) await flushing.del(keys);
  for (const { relay } of killed) {
    bed.onClear(async () => {
      endHanging();
      await relay.stop();
    });
  }
  bed.runRelay(relayInput());
  bed.runRelay(relayInput());

  await eventually(async () => expect(await database.models.outbox.countDocuments({ open: true })).toBe(0), 300_000);
  const effects = await database.models.reportBuckets.find().lean();
  expect(effects.filter(({ count }) => count !== 1)).toEqual([]);
  const expected = rows.flatMap((row) => row.pending.map((consumer) => `${row._id}/${consumer}`));
  expect(effects.map(({ _id }) => _id).toSorted()).toEqual(expected.toSorted());
});
