import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import type { DueRow } from '../../../models/due-rows';
import { openDatabase, type Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import { insertDocuments } from '../../../services/insert-documents';
import { recordFailure } from '../../../services/outbox';
import { deferred } from '../../../testing/deferred';
import { eventually, ownPrefix, silent, testRedisUrl } from '../../../testing/queue-test-bed';
import { noInline, openRelayTestBed, rowFor, type RelayTestBed } from '../../../testing/relay-test-bed';
import { announceRows, hearAnnouncements } from '../announcements';
import { createOutboxRelay } from '../outbox-relay';

/** No test here lasts as long: a relay with this poll sends nothing but what wakes it. */
const NEVER_MS = 3_600_000;

let bed: RelayTestBed;
let database: Database;

beforeAll(async () => {
  bed = await openRelayTestBed();
  ({ database } = bed);
});
afterEach(() => bed.clear());
afterAll(() => bed.close());

const insert = (rows: readonly OutboxRow[], where = database) =>
  where.inTransaction((session) => insertDocuments({ model: where.models.outbox, documents: rows, session }));

/** Returns what a relay has sent; it has found nothing at its first sweep and polls only once in `pollMs`. */
async function runRelay({ pollMs = NEVER_MS } = {}) {
  const sent: string[] = [];
  const take = ({ _id }: OutboxRow): void => void sent.push(_id);
  const swept = bed.commandsOf('find outbox');
  const relay = createOutboxRelay({
    database,
    starter: { start: async (row) => bed.recordStart(row).then(() => take(row)) },
    queues: { publish: async ({ rowIds }) => void sent.push(...rowIds) },
    inline: { ...noInline, analytics: async (rows) => rows.forEach(take) },
    logger: silent,
    pollMs,
  });
  void relay.run();
  bed.onClear(() => relay.stop());
  await eventually(() => expect(swept()).toBeGreaterThanOrEqual(3));
  return { relay, sent };
}

test.each(['temporal', 'mail', 'analytics'] as const)('a commit wakes the relay for %s, without a poll', async (to) => {
  const { sent } = await runRelay();
  const row = rowFor(to);
  await insert([row]);
  await eventually(() => expect(sent).toEqual([row._id]));
});

test('a failed row wakes the relay when it is due again', async () => {
  const row = rowFor('temporal', { dueAt: new Date(Date.now() + NEVER_MS) });
  await insert([row]);
  const { sent } = await runRelay();
  await recordFailure({ database, rowId: row._id, error: new Error('refused') });
  await eventually(() => expect(sent).toEqual([row._id]));
});

test('a row whose wake-up was lost is sent at the next poll', async () => {
  const { sent } = await runRelay({ pollMs: 50 });
  const row = rowFor('mail');
  // Nobody is told of rows that were not inserted by insertDocuments.
  await database.models.outbox.insertMany([row]);
  await eventually(() => expect(sent).toEqual([row._id]));
});

test('rows are reported once they are committed: once after a retry, never after an abort', async () => {
  const reported: (readonly DueRow[])[] = [];
  const ignore = database.onDueRows((rows) => void reported.push(rows));
  bed.onClear(async () => ignore());
  const inserting = (row: OutboxRow, refuse: (attempt: number) => Error | null) => {
    let attempts = 0;
    return database.inTransaction(async (session) => {
      await insertDocuments({ model: database.models.outbox, documents: [row], session });
      expect(reported).toEqual([]);
      const refusal = refuse((attempts += 1));
      if (refusal) throw refusal;
    });
  };
  await expect(inserting(rowFor('mail'), () => new Error('aborted'))).rejects.toThrow('aborted');
  expect(reported).toEqual([]);
  const row = rowFor('mail');
  const conflict = new mongo.MongoServerError({ message: 'again', errorLabels: ['TransientTransactionError'] });
  await inserting(row, (attempt) => (attempt === 1 ? conflict : null));
  expect(reported).toEqual([[expect.objectContaining({ _id: row._id })]]);
});

describe('a process without a relay', () => {
  let other: Database;
  let redis: Redis;
  let prefix: string;
  let announcements: jest.SpyInstance;

  beforeEach(async () => {
    prefix = ownPrefix();
    redis = new Redis(testRedisUrl());
    other = openDatabase({ uri: bed.uri, appName: 'test-other', unavailableAfterMs: 20_000 });
    await other.connection.asPromise();
    announceRows({ database: other, redis, prefix });
    announcements = jest.spyOn(redis, 'zadd');
    bed.onClear(async () => {
      redis.disconnect();
      await other.close();
    });
  });
  const hear = (wake: (rows: readonly DueRow[]) => void) => {
    const heard = hearAnnouncements({ redisUrl: testRedisUrl(), prefix, wake, logger: silent });
    bed.onClear(() => heard.close());
  };

  test('wakes a relay of another process, whichever consumer the row is for', async () => {
    const { relay, sent } = await runRelay();
    hear((rows) => relay.wake(rows));
    const [start, mail] = [rowFor('temporal'), rowFor('mail')];
    await insert([start], other);
    await eventually(() => expect(sent).toEqual([start._id]));
    await insert([mail], other);
    await eventually(() => expect(sent).toEqual([start._id, mail._id]));
  });

  test('announces the earliest row of each consumer in one call, to one of all relays, and no counts', async () => {
    const at = (ms: number) => ({ dueAt: new Date(ms) });
    await insert([rowFor('mail', at(3000)), rowFor('mail', at(2000)), rowFor('temporal', at(1000))], other);
    await insert([rowFor('analytics'), rowFor('mail', at(4000))], other);
    await eventually(() => expect(announcements).toHaveBeenCalledTimes(2));
    await Promise.all(announcements.mock.results.map(({ value }) => value as Promise<unknown>));
    const found = await redis.zrange(`${prefix}:outbox-due`, '0', '-1', 'WITHSCORES');
    expect(found).toEqual(['temporal', '1000', 'mail', '2000']);
    const heard: DueRow[] = [];
    for (let relays = 0; relays < 3; relays += 1) hear((rows) => heard.push(...rows));
    await eventually(() => expect(heard).toHaveLength(2));
    expect(await redis.exists(`${prefix}:outbox-due`)).toBe(0);
  });
});

test('a process that listens for announced rows closes also while Redis is away', async () => {
  const refusals = [deferred(), deferred()];
  let refused = 0;
  const redis = createServer((socket) => {
    socket.on('close', () => refusals[refused++]?.resolve());
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(redis, 'listening');
  const redisUrl = `redis://127.0.0.1:${(redis.address() as AddressInfo).port}`;
  const hearing = hearAnnouncements({ redisUrl, wake: () => undefined, logger: silent });
  await Promise.all(refusals.map(({ promise }) => promise));
  await hearing.close();
  redis.close();
});
