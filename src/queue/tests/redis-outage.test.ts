import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Database } from '../../models/database';
import { newOutboxRow } from '../../services/new-outbox-row';
import { markDone } from '../../services/outbox';
import { startServers, type TestServers } from '../../testing/servers/servers';
import { openTestDatabase } from '../../testing/servers/test-database';
import { createQueueWorkers, type QueueWorkers } from '../create-queue-workers';
import { createOutboxRelay, type OutboxRelay } from '../relay/outbox-relay';
import { eventually, ownPrefix, silent } from '../../testing/queue-test-bed';
import { noInline } from '../../testing/relay-test-bed';
import { createQueues, MAINTENANCE, type Queues } from '../queues';

let database: Database;
let drop: () => Promise<void>;
let folder: string;
let servers: TestServers;
let queues: Queues;
let relay: OutboxRelay;
let workers: QueueWorkers;
let runs = 0;
const prefix = ownPrefix();

/** This test breaks Redis, so it starts its own, which is frozen while everything is opened. */
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  folder = await mkdtemp(join(tmpdir(), 'redis-outage-'));
  servers = await startServers({ folder, which: ['redis'] });
  servers.redis.pause();
  queues = createQueues({ redisUrl: servers.redis.url, prefix, logger: silent });
  relay = createOutboxRelay({
    database,
    starter: { start: async () => undefined },
    queues,
    inline: noInline,
    logger: silent,
  });
  void relay.run();
  const mail = (row: { _id: string }) => markDone({ database, rowId: row._id, consumer: 'mail' });
  workers = createQueueWorkers({
    redisUrl: servers.redis.url,
    prefix,
    database,
    queues,
    logger: silent,
    consumers: { mail },
    periodic: { tick: { everyMs: 1000, run: async () => (runs += 1) } },
  });
});
afterAll(async () => {
  await relay.stop();
  await workers.close({ graceMs: 2000 });
  await queues.close();
  await servers.stop();
  await drop();
  await rm(folder, { recursive: true, force: true });
});

async function sendOne(): Promise<string> {
  const row = newOutboxRow({
    tenantId: 't',
    entityType: 'onboarding',
    entityId: 'e',
    correlationId: 'c',
    pending: ['mail'],
  });
  await database.models.outbox.insertMany([row]);
  return row._id;
}
const untilDone = (rowId: string) =>
  eventually(async () =>
    expect(await database.models.outbox.findById(rowId).lean()).toMatchObject({ pending: [], failures: 0 }),
  );
const stillOpen = async (rowId: string) =>
  expect(await database.models.outbox.findById(rowId).lean()).toMatchObject({ open: true, failures: 0 });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('opened while Redis is frozen, everything works once it thaws', async () => {
  const rowId = await sendOne();
  await wait(3000);
  await stillOpen(rowId);
  servers.redis.resume();
  await untilDone(rowId);
});

test('frozen while at work, Redis delays and loses nothing', async () => {
  servers.redis.pause();
  const rowId = await sendOne();
  await wait(2000);
  await stillOpen(rowId);
  servers.redis.resume();
  await untilDone(rowId);
});

test('killed and started again, Redis delays and loses nothing', async () => {
  await servers.redis.kill();
  const rowId = await sendOne();
  await wait(2000);
  await stillOpen(rowId);
  await servers.redis.start();
  await untilDone(rowId);
});

test('flushed, Redis gets its schedules again, and periodic work continues', async () => {
  const flushing = new Redis(servers.redis.url);
  await flushing.flushall();
  flushing.disconnect();
  const before = runs;
  await eventually(() => expect(runs).toBeGreaterThan(before + 1));
  expect((await queues.depth(MAINTENANCE)).delayed).toBeLessThanOrEqual(1);
});
