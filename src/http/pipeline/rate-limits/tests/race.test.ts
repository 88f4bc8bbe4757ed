import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Redis } from 'ioredis';
import { DomainError } from '../../../../domain/domain-error';
import { newId } from '../../../../domain/ids';
import { openSlowLink } from '../../../../testing/faults/slow-link';
import { inBatches } from '../../../../testing/in-batches';
import { openTestRedis } from '../../../../testing/test-api';
import { waitFor } from '../../../../testing/wait-for';
import type { Caller } from '../../request-context';
import { createRateLimiters } from '../rate-limits';
import { SharedCount, type Patience } from '../shared-count';

const redisUrl = new URL(process.env.TEST_REDIS_URL ?? '');
const redis = openTestRedis();
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));
afterAll(() => redis.disconnect());

/** The settings of a race: each process has its own server, limiter and connection to the one Redis. */
interface RaceInput {
  processes?: number;
  limit: number;
  /** Milliseconds that every reply of Redis is late. */
  delayMs: number;
  /** On a busy machine a reply of Redis may rightly count as late; only tests of that let it. */
  patience?: Patience;
}

const ENDLESS: Patience = { redisLateAfterMs: 60_000, redisAwayAfterMs: 60_000 };

async function openRace({ processes = 4, limit, delayMs, patience = ENDLESS }: RaceInput) {
  const redisPrefix = `{${newId('event')}}`;
  const origins: string[] = [];
  let calls = 0;
  for (let number = 0; number < processes; number += 1) {
    const link = await openSlowLink({ to: redisUrl, delayMs });
    const connection = new Redis({ port: link.port, enableOfflineQueue: false });
    await once(connection, 'ready');
    jest.spyOn(connection, 'eval').mockImplementation((...args) => {
      calls += 1;
      return Redis.prototype.eval.apply(connection, args as never) as never;
    });
    const { perTenant } = createRateLimiters({
      redis: connection,
      redisPrefix,
      requestsPerMinute: limit,
      ...patience,
    });
    const refuse: ErrorRequestHandler = (error, _request, response, _next) =>
      void response.status(error instanceof DomainError && error.code === 'RATE_LIMITED' ? 429 : 500).end();
    const app = express()
      .use((request, _response, next) => {
        request.caller = { tenantId: 'acme', scopes: ['read'] as const } as unknown as Caller;
        next();
      })
      .use(perTenant, (_request, response) => void response.end())
      .use(refuse);
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origins.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(() => {
      server.closeAllConnections();
      server.close();
      connection.disconnect();
      link.close();
    });
  }
  return {
    /** Sends requests to all processes in turn, `size` at the same time, and returns how many passed. */
    async send(amount: number, { size }: { size: number }): Promise<number> {
      const urls = Array.from({ length: amount }, (_one, number) => origins[number % processes] ?? '');
      const statuses = await inBatches(urls, async (url) => (await fetch(url)).status, { size });
      expect(new Set([...statuses, 200, 429])).toEqual(new Set([200, 429]));
      return statuses.filter((status) => status === 200).length;
    },
    first: async (): Promise<Response> => fetch(origins[0] ?? ''),
    counted: async (): Promise<number> => Number(await redis.hget(`${redisPrefix}:rate:tenant:acme`, 'used')),
    calls: () => calls,
  };
}

it('lets exactly the limit pass when four processes race', async () => {
  const race = await openRace({ limit: 600, delayMs: 0 });
  expect(await race.send(1200, { size: 200 })).toBe(600);
  expect(await race.counted()).toBe(600);
});

it('calls Redis once for a lease of 2 % of the limit, and not at all for a caller above it', async () => {
  const race = await openRace({ processes: 1, limit: 600, delayMs: 0 });
  expect(await race.send(120, { size: 1 })).toBe(120);
  expect(race.calls()).toBe(10);
  await race.send(480, { size: 50 });
  const before = race.calls();
  expect(await race.send(100, { size: 10 })).toBe(0);
  expect(race.calls() - before).toBeLessThanOrEqual(1);
});

it('exceeds the limit by less than 5 % while Redis is slow, and then counts what passed on debt', async () => {
  const race = await openRace({ limit: 600, delayMs: 250, patience: { redisAwayAfterMs: 60_000 } });
  const passed = await race.send(1600, { size: 400 });
  expect(passed).toBeGreaterThanOrEqual(600);
  expect(passed).toBeLessThanOrEqual(630);
  expect(await race.counted()).toBeGreaterThanOrEqual(600);
});

it('takes no leases and no debts of a small limit, however slow Redis is', async () => {
  const race = await openRace({ limit: 10, delayMs: 250, patience: { redisAwayAfterMs: 60_000 } });
  expect(await race.send(60, { size: 20 })).toBe(10);
});

it('charges nobody in a new window for what passed in the last', async () => {
  const count = new SharedCount(redis, ENDLESS);
  const key = `{${newId('event')}}:rate`;
  const call = { key, wanted: 1, limit: 100, windowMs: 60_000, owed: 0, owedIn: null, onSilence: () => undefined };
  const first = await count.take(call);
  const late = { ...call, owed: 50, owedIn: first?.window ?? '' };
  expect(await count.take(late)).toMatchObject({ paid: 50, granted: 1, left: 48, window: first?.window });
  await redis.del(key);
  const next = await count.take(late);
  expect(next).toMatchObject({ paid: 0, granted: 1, left: 99 });
  expect(next?.window).not.toBe(first?.window);
});

it('reports the remaining requests of the shared window, and the seconds until it ends', async () => {
  const race = await openRace({ processes: 2, limit: 600, delayMs: 0 });
  await race.send(30, { size: 1 });
  const { headers } = await race.first();
  expect(headers.get('ratelimit-policy')).toBe('600;w=60');
  // The other process holds a lease that it has not used up.
  expect(Number(headers.get('ratelimit-remaining'))).toBeGreaterThanOrEqual(600 - 31 - 12);
  expect(Number(headers.get('ratelimit-remaining'))).toBeLessThanOrEqual(600 - 31 + 12);
  expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
});

it('lets everything pass while Redis is away, and counts it once Redis replies', async () => {
  const race = await openRace({ processes: 1, limit: 20, delayMs: 1500, patience: { redisAwayAfterMs: 200 } });
  expect(await race.send(30, { size: 30 })).toBe(30);
  await waitFor(async () => (await race.first()).status === 429, { what: 'a refusal' });
  expect(await race.counted()).toBeGreaterThanOrEqual(30);
});
