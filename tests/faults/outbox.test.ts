import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { newId } from '../../src/domain/ids';
import { openDatabase } from '../../src/models/database';
import { newOutboxRow } from '../../src/services/new-outbox-row';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { waitFor } from '../../src/testing/wait-for';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ name: 'outbox', workers: 2 });
});
afterAll(() => platform?.stop());

const ROWS = 1000;

it(`processes each of ${ROWS} rows once with Redis flushed and both workers killed`, async () => {
  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  const { events, outbox, reportBuckets } = database.models;
  const tenantId = 'ptn_test:sandbox';
  const about = { tenantId, entityType: 'user' as const, entityId: 'usr_test', correlationId: 'test' };
  const at = new Date();
  const written = Array.from({ length: ROWS }, (_, index) => ({
    ...about,
    _id: newId('event'),
    step: `step/${index}`,
    type: 'user.updated' as const,
    state: 'active',
    version: index,
    at,
    by: { kind: 'workflow' as const, id: null },
    data: {},
  }));
  await events.insertMany(written);
  await outbox.insertMany(written.map(({ _id }) => newOutboxRow({ ...about, eventId: _id, pending: ['analytics'] })));

  const counted = async () =>
    (await reportBuckets.find({ tenantId }).lean()).reduce((sum, { count }) => sum + count, 0);
  await waitFor(async () => (await counted()) >= ROWS / 10, { what: 'a tenth to be done', everyMs: 5 });
  await Promise.all(platform.workers.map((worker) => worker.kill()));
  const redis = new Redis(platform.servers.redis.url);
  await redis.flushall();
  redis.disconnect();
  expect(await counted()).toBeLessThan(ROWS);
  await Promise.all(platform.workers.map((worker) => worker.start()));

  await waitFor(async () => (await outbox.countDocuments({ tenantId, open: true })) === 0, {
    what: 'every row to be done',
    everyMs: 500,
  });
  await setTimeout(2000); // Nothing may be counted after the end, and there is no condition to wait for.
  expect(await counted()).toBe(ROWS);
  await database.close();
});
