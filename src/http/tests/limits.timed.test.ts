import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Redis } from 'ioredis';
import type { Database } from '../../models/database';
import { openDatabase } from '../../models/database';
import { expectContract } from '../../testing/expect-contract';
import { casesOf } from '../../testing/long-form';
import { openTestRedis, startTestApi, type TestApi } from '../../testing/test-api';

/** Promised to callers are 2 s; the short form, which also runs on busy machines, gives twice as long. */
const WITHIN_MS = casesOf({ short: 4600, long: 2300 });
/** Longer than any machine takes to respond by a deadline of 0.3 s. */
const HANGS_FOR_MS = 5000;

const limits = {
  requestsPerMinute: 5,
  maxBodyBytes: 65_536,
  failedAttemptsPerMinute: 3,
  publicRequestsPerMinute: 2,
  searchRequestsPerMinute: 2,
};

describe('rate limits', () => {
  let redis: Redis;
  let api: TestApi;
  beforeAll(async () => {
    redis = openTestRedis();
    await new Promise((resolve) => redis.once('ready', resolve));
    // On a machine too busy for Redis to reply in time the limiter rightly fails open.
    api = await startTestApi({ redis, limits: { ...limits, redisAwayAfterMs: 10_000 } });
  });
  afterAll(async () => {
    await api.stop();
    redis.disconnect();
  });

  it('count per tenant, and report the remaining requests and the time to retry', async () => {
    const tenant = await api.newTenant();
    const other = await api.newTenant();
    const answers = [];
    for (let number = 0; number < 6; number += 1)
      answers.push(expectContract(await api.call('get', '/me', tenant.key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[0]?.headers).toMatchObject({ 'ratelimit-limit': '5', 'ratelimit-remaining': '4' });
    expect(answers[5]?.body).toMatchObject({ code: 'RATE_LIMITED' });
    expect(Number(answers[5]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.call('get', '/me', other.key)).status).toBe(200);
  });

  it('count failed attempts and the public pages by address', async () => {
    const attempts = [];
    for (let number = 0; number < 4; number += 1) attempts.push((await api.call('get', '/me', 'wrong')).status);
    expect(attempts).toEqual([401, 401, 401, 429]);
    const pages = [];
    for (let number = 0; number < 3; number += 1) pages.push((await api.call('get', '/verify/x')).status);
    expect(pages).toEqual([404, 404, 429]);
  });

  it('count a key that may stand in a web page by address too, and no other key', async () => {
    const statuses = async (scopes: ('search' | 'read')[]) => {
      const { key } = await api.newTenant({ scopes });
      const all = [];
      for (let number = 0; number < 3; number += 1)
        all.push(expectContract(await api.call('get', '/listings/search', key)).status);
      return all;
    };
    expect(await statuses(['search'])).toEqual([200, 200, 429]);
    expect(await statuses(['search', 'read'])).toEqual([200, 200, 200]);
  });

  it('leave the own keys of a tenant what its visitors use up, also by requests that are refused', async () => {
    const { key, partnerId } = await api.newTenant();
    const { key: visitors } = await api.newTenant({ partnerId, scopes: ['search'] });
    const answers = [];
    for (let number = 0; number < 4; number += 1)
      answers.push((await api.call('get', number % 2 ? '/payments' : '/listings/search', visitors)).status);
    expect(answers).toEqual([200, 403, 429, 429]);
    const { headers } = await api.call('get', '/payments', key);
    expect(headers['ratelimit-remaining']).toBe(String(limits.requestsPerMinute - 1));
  });

  it('are separate for installations that share a Redis', async () => {
    const neighbour = await startTestApi({ redis, limits: { ...limits, redisAwayAfterMs: 10_000 } });
    const attempts = [];
    for (let number = 0; number < 3; number += 1) attempts.push((await neighbour.call('get', '/me', 'wrong')).status);
    await neighbour.stop();
    expect(attempts).toEqual([401, 401, 401]);
  });
});

describe('without Redis', () => {
  const frozen: Server = createServer(() => undefined);
  beforeAll(() => new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve)));
  afterAll(() => frozen.close());

  it('lets requests pass, and only the first of them waits for Redis', async () => {
    const redis = openTestRedis(`redis://127.0.0.1:${(frozen.address() as AddressInfo).port}`);
    redis.on('error', () => undefined);
    // A frozen server accepts connections and never responds; commands are sent to it without a ready check.
    redis.options.enableReadyCheck = false;
    const api = await startTestApi({ redis, limits: { ...limits, redisAwayAfterMs: 800 } });
    const { key } = await api.newTenant();
    await api.call('get', '/me', key);
    const times: number[] = [];
    for (let number = 0; number < 8; number += 1) {
      const began = performance.now();
      expect((await api.call('get', '/me', key)).status).toBe(200);
      times.push(performance.now() - began);
    }
    redis.disconnect();
    await api.stop();
    // The first request waited for 800 ms; a busy machine may delay one of the others as long.
    expect(times.toSorted((a, b) => a - b).at(4)).toBeLessThan(700);
  });
});

describe('without MongoDB', () => {
  const frozen: Server = createServer(() => undefined);
  let away: Database;
  beforeAll(() => new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve)));
  afterEach(() => away.connection.destroy(true).catch(() => undefined));
  afterAll(() => frozen.close());

  it.each(['refusing', 'frozen'])('responds 503 with Retry-After in time while it is %s', async (how) => {
    const port = how === 'frozen' ? (frozen.address() as AddressInfo).port : 1;
    away = openDatabase({ uri: `mongodb://127.0.0.1:${port}/x?directConnection=true`, appName: 'test' });
    const api = await startTestApi({ database: away });
    const key = `pk_live_${'x'.repeat(43)}`;
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        api.call('post', '/onboardings', key).send({ email: 'a@example.com', name: 'A' }).then(expectContract),
      ),
    );
    const page = await api.call('get', '/verify/onb_01h455vb4pex5vsknk084sn02q.1.x');
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
    await api.stop();
    expect(
      new Set(answers.map(({ status, body, headers }) => `${status} ${body.code} ${headers['retry-after']}`)),
    ).toEqual(new Set(['503 DATABASE_UNAVAILABLE 2']));
    expect(page.status).toBe(404);
  });

  it('responds within the deadline when a query hangs, writes nothing late, and caps waiting', async () => {
    const api = await startTestApi({ requestDeadlineMs: 300, maxInFlight: 3 });
    away = api.database;
    const { key } = await api.newTenant();
    await api.call('get', '/me', key);
    const inTransaction = api.database.inTransaction.bind(api.database);
    // Acts like a frozen server: the transaction begins, then nothing happens for longer than the deadline.
    api.database.inTransaction = (work) =>
      inTransaction(async (session) => {
        await new Promise((resolve) => setTimeout(resolve, HANGS_FOR_MS));
        return work(session);
      });
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_one, number) =>
        api
          .call('post', '/onboardings', key)
          .send({ email: `late${number}@example.com`, name: 'A' })
          .then(expectContract),
      ),
    );
    expect(performance.now() - began).toBeLessThan(HANGS_FOR_MS - 100);
    // A tenant gets half of the places, so that it cannot take those of the others.
    expect(answers.map(({ status, body }) => `${status} ${body.code}`).toSorted()).toEqual([
      ...Array.from({ length: 6 }, () => '429 RATE_LIMITED'),
      ...Array.from({ length: 2 }, () => '503 DATABASE_UNAVAILABLE'),
    ]);
    await new Promise((resolve) => setTimeout(resolve, HANGS_FOR_MS));
    expect(await api.database.models.onboardings.countDocuments({})).toBe(0);
    expect(await api.database.models.idempotency.countDocuments({})).toBe(0);
    await api.stop();
  });
});
