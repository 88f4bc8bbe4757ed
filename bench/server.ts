import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp, type AppInput } from '../src/http/app';
import { hashOfKey } from '../src/http/authenticate';
import { openDatabase, type Database } from '../src/models/database';
import { ensureIndexes } from '../src/models/ensure-indexes';
import { connectRedisProducer } from '../src/queue/redis';
import { stubDatabase } from './stub-database';
import { benchIds, benchKey, seed } from './seed';

// Run as a child process: `echo`, `stubbed` or `whole`. Says its port, then its CPU time whenever it is asked.
const [mode] = process.argv.slice(2) as ['echo' | 'stubbed' | 'whole'];
const silent = { info() {}, warn() {}, error() {}, debug() {} } as never;
const never = async (): Promise<never> => {
  throw new Error('Not part of the benchmark');
};

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.setHeader('Content-Type', 'application/json').end(chunks.length > 0 ? Buffer.concat(chunks) : '{"ok":true}'));
};

function appOver(database: Database, redis: AppInput['redis']) {
  return createApp({
    database,
    redis,
    startSoon: () => undefined,
    sendOnboardingCommand: never,
    sendPaymentCommand: never,
    sendSubscriptionCommand: never,
    hasGateway: () => true,
    gatewayWebhooks: { sandbox: null, stripe: null },
    compensations: { retryCompensation: never, waiveCompensation: never, hasten: never },
    requireTimeSkipping: never,
    resetSandbox: never,
    stuck: { restart: never, close: never },
    operatorKey: 'pk_operator_of_the_benchmark_0123456789',
    tokenSecret: 'secret-of-the-benchmark-0123456789-abc',
    limits: { requestsPerMinute: 1_000_000_000, maxBodyBytes: 65_536 },
    logger: silent,
    metrics: { observeRequest: () => undefined },
    isDraining: () => false,
  });
}

async function listenerOf(): Promise<RequestListener> {
  if (mode === 'echo') return echo;
  if (mode === 'stubbed') return appOver(stubDatabase({ keyHash: hashOfKey(benchKey) }), null);
  const database = openDatabase({ uri: process.env.MONGODB_URI ?? '', appName: 'bench' });
  await database.connection.asPromise();
  await ensureIndexes(database);
  await seed(database, hashOfKey(benchKey));
  return appOver(database, connectRedisProducer({ url: process.env.REDIS_URL ?? '', name: 'bench', logger: silent }));
}

void listenerOf().then((listener) => {
  const server = createServer(listener).listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port, userId: benchIds.userId, key: benchKey });
  });
  process.on('message', () => process.send?.({ cpuMicros: process.cpuUsage().user + process.cpuUsage().system }));
});
