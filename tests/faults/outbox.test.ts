import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { newId } from '../../src/domain/ids';
import { openDatabase, type Database } from '../../src/models/database';
import { newOutboxRow } from '../../src/services/new-outbox-row';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { waitFor } from '../../src/testing/wait-for';

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ name: 'outbox', workers: 2 });
});
afterAll(() => platform?.stop());

const ROWS = 1000;

/** Writes rows of a tenant of their own. Returns the number of those that were counted so far. */
async function write(database: Database, tenantId: string): Promise<() => Promise<number>> {
  const { events, outbox, reportBuckets } = database.models;
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
  return async () => (await reportBuckets.find({ tenantId }).lean()).reduce((sum, { count }) => sum + count, 0);
}

it(`processes each of ${ROWS} rows once with Redis flushed and both workers killed`, async () => {
  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  // Where this process has to wait for its turn, the workers may be done before they are killed.
  for (let round = 1, isHalfWay = false; !isHalfWay; round += 1) {
    expect(round).toBeLessThan(6);
    const tenantId = `ptn_test${round}:sandbox`;
    const counted = await write(database, tenantId);
    await waitFor(async () => (await counted()) >= ROWS / 10, { what: 'a tenth to be done', everyMs: 5 });
    await Promise.all(platform.workers.map((worker) => worker.kill()));
    const redis = new Redis(platform.servers.redis.url);
    await redis.flushall();
    redis.disconnect();
    isHalfWay = (await counted()) < ROWS;
    await Promise.all(platform.workers.map((worker) => worker.start()));

    await waitFor(async () => (await database.models.outbox.countDocuments({ tenantId, open: true })) === 0, {
      what: 'every row to be done',
      everyMs: 500,
    });
    await setTimeout(2000); // Nothing may be counted after the end, and there is no condition to wait for.
    expect(await counted()).toBe(ROWS);
  }
  await database.close();
});
