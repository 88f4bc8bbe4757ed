import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import request, { type Test } from 'supertest';
import { createGridFsFileStore } from '../clients/storage/gridfs-file-store';
import { createMongoListingSearch } from '../clients/search/mongo-listing-search';
import { newId } from '../domain/ids';
import { tenantIdOf, type Mode, type Scope } from '../domain/tenant';
import { createApp, type AppInput } from '../http/app';
import { hashOfKey, newApiKey } from '../http/pipeline/authenticate';
import type { OutboxRow } from '../models/outbox-row';
import { createCommands, type Commands, type SendAnyCommandInput } from '../temporal/commands/commands';
import type { CommandDependencies } from '../temporal/send-command';
import { seedPartner } from './worlds/seed-partner';
import { openTestDatabase } from './servers/test-database';

/**
 * Milliseconds that a request may take here: tests look at the response, not at its speed, and on a busy machine it
 * takes longer than production allows.
 */
export const PATIENT_MS = 15_000;
export const OPERATOR_KEY = 'op_test_0123456789abcdef0123456789abcdef';
export const TOKEN_SECRET = 'a-secret-of-the-tests-0123456789';

export type TestMethod = 'get' | 'post' | 'patch' | 'put' | 'delete' | 'head' | 'options';

export interface TestApi extends Awaited<ReturnType<typeof startTestApi>> {}

/**
 * Starts the API over a real MongoDB, on its own port. The test replaces Temporal: by default every command is applied
 * immediately. `started` and `commands` hold the starts and commands that were sent. A database that the test passes
 * stays open.
 */
export async function startTestApi(overrides: Partial<AppInput> = {}) {
  const { database, drop } = overrides.database
    ? { database: overrides.database, drop: async () => undefined }
    : await openTestDatabase();
  const started: OutboxRow[] = [];
  const commands: SendAnyCommandInput[] = [];
  const lines: object[] = [];
  const app = createApp({
    database,
    startSoon: (row) => void started.push(row),
    ...commandsInto(commands),
    hasGateway: () => true,
    egressPolicy: { local: 'sandbox', ownPorts: [], allow: [] },
    checkPaymentMethod: async () => undefined,
    gatewayWebhooks: { sandbox: null, stripe: null },
    compensations: { wakeProcess: async () => undefined },
    requireTimeSkipping: async () => undefined,
    resetSandbox: async () => undefined,
    fileStore: createGridFsFileStore({ database }),
    listingSearch: createMongoListingSearch({ model: database.models.listingSearchEntries }),
    stuck: {
      restart: async ({ item }) => ({ ...item, state: 'restarted' }),
      close: async ({ item }) => ({ ...item, state: 'closed' }),
    },
    redis: null,
    redisPrefix: `{${newId('event')}}`,
    operatorKey: OPERATOR_KEY,
    tokenSecret: TOKEN_SECRET,
    requestDeadlineMs: PATIENT_MS,
    publicUrl: 'https://api.example.com',
    limits: { requestsPerMinute: 600, maxBodyBytes: 65_536 },
    logger: { info: (fields) => void lines.push(fields), error: (fields) => void lines.push(fields) },
    metrics: { observeRequest: () => undefined, addGauge: () => undefined },
    isDraining: () => false,
    ...overrides,
  });
  const server: Server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Makes a request under /api/v1. A POST gets a new Idempotency-Key, which the caller may replace. */
  const call = (method: TestMethod, path: string, key?: string): Test => {
    const test = request(origin)[method](`/api/v1${path}`);
    if (key) test.set('Authorization', `Bearer ${key}`);
    if (method === 'post') test.set('Idempotency-Key', newId('event'));
    return test;
  };

  return {
    app,
    server,
    origin,
    database,
    started,
    commands,
    lines,
    call,
    /** Writes a partner with a key of these scopes directly to the database. */
    async newTenant({
      scopes = ['read', 'write', 'review'],
      mode = 'sandbox',
      partnerId,
    }: { scopes?: Scope[]; mode?: Mode; partnerId?: string } = {}) {
      const changes = { name: 'Acme', timeZone: 'Europe/Berlin', locale: 'de-DE' };
      const id = partnerId ?? (await seedPartner({ database, changes })).partnerId;
      const key = newApiKey(mode);
      const keyId = newId('apiKey');
      const tenantId = tenantIdOf({ partnerId: id, mode });
      await database.models.apiKeys.insertMany([
        {
          _id: keyId,
          tenantId,
          partnerId: id,
          mode,
          scopes,
          name: null,
          hash: hashOfKey(key),
          hint: 'pk_…',
          createdAt: new Date(),
          revokedAt: null,
        },
      ]);
      return { partnerId: id, tenantId, key, keyId };
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await drop();
    },
  };
}

/** Returns senders that add every process's commands to a list and report them as applied. */
function commandsInto(sent: SendAnyCommandInput[]): Commands {
  const send = async (input: SendAnyCommandInput) => {
    sent.push(input);
    return { state: 'accepted', at: '2026-11-21T09:00:00.000Z' } as const;
  };
  const names = Object.keys(createCommands({} as CommandDependencies));
  return Object.fromEntries(names.map((name) => [name, send])) as unknown as Commands;
}

/** Opens a connection to the shared Redis with the settings that requests need, and the patience of a test. */
export const openTestRedis = (url = process.env.TEST_REDIS_URL ?? ''): Redis =>
  new Redis(url, { commandTimeout: PATIENT_MS, maxRetriesPerRequest: 1, enableOfflineQueue: false });
