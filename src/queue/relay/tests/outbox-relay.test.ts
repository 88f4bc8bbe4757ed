import { setTimeout } from 'node:timers/promises';
import type { Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import { createQueueWorkers } from '../../create-queue-workers';
import { createOutboxRelay } from '../outbox-relay';
import { eventually, ownPrefix, silent, testRedisUrl } from '../../../testing/queue-test-bed';
import type { Queues } from '../../queues';
import { noInline, openRelayTestBed, rowFor, type RelayTestBed } from '../../../testing/relay-test-bed';

let bed: RelayTestBed;
let database: Database;

beforeAll(async () => {
  bed = await openRelayTestBed();
  ({ database } = bed);
});
afterEach(() => bed.clear());
afterAll(() => bed.close());

const noQueues: Pick<Queues, 'publish'> = { publish: async () => undefined };
const sending = { queues: noQueues, inline: noInline, logger: silent };
const refusedConnection = () =>
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:7233'), { code: 'ECONNREFUSED' });
const rowById = async (id: string) => (await database.models.outbox.findById(id).lean()) as OutboxRow;

test('rows that become visible out of order are all sent', async () => {
  const late = rowFor('temporal', { dueAt: new Date(Date.now() - 60_000) });
  const relay = createOutboxRelay({ database, ...sending, starter: { start: bed.recordStart } });
  await database.models.outbox.insertMany([rowFor('temporal')]);
  expect(await relay.sweep()).toBe(1);
  await database.models.outbox.insertMany([late]);
  expect(await relay.sweep()).toBe(1);
});

test('a sent row is left alone while it is leased and sent again after that', async () => {
  const leaseMs = 600;
  const sentAt: number[] = [];
  const begun = Date.now();
  await database.models.outbox.insertMany([rowFor('mail')]);
  bed.runRelay({ leaseMs, queues: { publish: async () => void sentAt.push(Date.now()) } });
  await eventually(() => expect(sentAt.length).toBeGreaterThanOrEqual(2));
  expect(sentAt[1]! - begun).toBeGreaterThanOrEqual(leaseMs);
});

test('while Temporal is down rows count no failure, mails go on, and all start when it is back', async () => {
  let away = true;
  let attempts = 0;
  const starter = {
    start: async (row: OutboxRow) => {
      attempts += 1;
      if (away) throw refusedConnection();
      await bed.recordStart(row);
    },
  };
  const starts = Array.from({ length: 50 }, () => rowFor('temporal'));
  const mail = rowFor('mail');
  await database.models.outbox.insertMany([...starts, mail]);
  const published: string[] = [];
  bed.runRelay({ starter, queues: { publish: async ({ rowIds }) => void published.push(...rowIds) } });
  await eventually(() => expect(published).toContain(mail._id));
  await setTimeout(2500);
  expect(attempts).toBeLessThan(20);
  away = false;
  await eventually(async () =>
    expect(await database.models.outbox.countDocuments({ open: true, pending: 'temporal' })).toBe(0),
  );
  expect(await database.models.outbox.countDocuments({ failures: { $gt: 0 } })).toBe(0);
});

test('a refused start counts on its row, is retried a second later and stops no other row', async () => {
  const [bad, good] = [rowFor('temporal'), rowFor('temporal')];
  await database.models.outbox.insertMany([bad, good]);
  const starter = {
    start: async (row: OutboxRow) => {
      if (row._id === bad._id) throw new Error('refused for ada@example.com');
      await bed.recordStart(row);
    },
  };
  const before = Date.now();
  await createOutboxRelay({ database, ...sending, starter }).sweep();
  const after = Date.now();
  const row = await rowById(bad._id);
  expect(row).toMatchObject({ failures: 1, lastError: 'Error: refused for [address]', open: true });
  expect(row.dueAt.getTime() - before).toBeGreaterThanOrEqual(1000);
  expect(row.dueAt.getTime() - after).toBeLessThanOrEqual(1000);
  expect(await rowById(good._id)).not.toHaveProperty('open');
});

test('starts are paced: never more than the given number in flight', async () => {
  let inFlight = 0;
  let most = 0;
  await database.models.outbox.insertMany(Array.from({ length: 30 }, () => rowFor('temporal')));
  const starter = {
    start: async (row: OutboxRow) => {
      most = Math.max(most, (inFlight += 1));
      await setTimeout(5);
      await bed.recordStart(row);
      inFlight -= 1;
    },
  };
  await createOutboxRelay({ database, ...sending, starter, maxStartsInFlight: 3 }).sweep();
  expect(most).toBe(3);
});

test('a relay that stops releases the rows that it has not started', async () => {
  await database.models.outbox.insertMany(Array.from({ length: 20 }, () => rowFor('temporal')));
  let started = 0;
  const starter = {
    start: async (row: OutboxRow) => {
      started += 1;
      await setTimeout(200);
      await bed.recordStart(row);
    },
  };
  const relay = createOutboxRelay({ database, ...sending, starter, maxStartsInFlight: 4 });
  void relay.run();
  await eventually(() => expect(started).toBe(4));
  await relay.stop();
  expect(started).toBe(4);
  expect(await database.models.outbox.countDocuments({ open: true, lease: null, dueAt: { $lte: new Date() } })).toBe(
    16,
  );
});

test('with Redis down from the beginning rows wait uncounted and are sent once it is up', async () => {
  const row = rowFor('mail');
  await database.models.outbox.insertMany([row]);
  const prefix = ownPrefix();
  const absent = bed.openQueues(prefix, 'redis://127.0.0.1:1');
  const relay = createOutboxRelay({ database, ...sending, starter: { start: bed.recordStart }, queues: absent });
  await relay.sweep();
  expect(await rowById(row._id)).toMatchObject({ failures: 0, lease: null, open: true });
  const queues = bed.openQueues(prefix);
  bed.runRelay({ queues });
  await eventually(async () => expect((await queues.depth('mail')).waiting).toBe(1));
});

test('publishing a row again makes a second job only after the first is gone', async () => {
  const prefix = ownPrefix();
  const queues = bed.openQueues(prefix);
  const handled: string[] = [];
  await eventually(() => queues.publish({ consumer: 'mail', rowIds: ['out_1', 'out_1', 'out_2'] }));
  expect((await queues.depth('mail')).waiting).toBe(2);
  const row = rowFor('mail');
  await database.models.outbox.insertMany([row]);
  const workers = createQueueWorkers({
    redisUrl: testRedisUrl(),
    prefix,
    database,
    queues,
    logger: silent,
    periodic: {},
    consumers: { mail: async ({ _id }) => handled.push(_id) < 0 },
  });
  bed.onClear(() => workers.close());
  await queues.publish({ consumer: 'mail', rowIds: [row._id] });
  await eventually(() => expect(handled).toHaveLength(1));
  await eventually(async () =>
    expect(await queues.depth('mail')).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 }),
  );
  await queues.publish({ consumer: 'mail', rowIds: [row._id] });
  await eventually(() => expect(handled).toHaveLength(2));
});
