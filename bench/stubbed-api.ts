// The api as `--role api` wires it, over a database with made-up results: the measured cost is that of all our code
// around the database.
import type { Schema } from 'mongoose';
import { createApp } from '../src/http/app';
import { messageClassesOf } from '../src/http/message-classes';
import { hashOfKey } from '../src/http/pipeline/authenticate';
import { apiKeySchema, type ApiKey } from '../src/models/partners/api-key';
import type { Database } from '../src/models/database';
import { eventSchema } from '../src/models/event';
import { idempotencyRecordSchema } from '../src/models/idempotency-record';
import { onboardingSchema } from '../src/models/users/onboarding';
import { outboxRowSchema } from '../src/models/outbox-row';
import { partnerSchema, type Partner } from '../src/models/partners/partner';
import { heldAddressSchema } from '../src/models/users/held-address';
import { userSchema, type User } from '../src/models/users/user';
import { openHttpServer } from '../src/processes/lifecycle/http-server';
import { connectRedisProducer } from '../src/queue/redis';
import { createLogOutput } from '../src/telemetry/log-output';
import { createCommands } from '../src/temporal/commands/commands';
import type { CommandDependencies } from '../src/temporal/send-command';
import { createLogger } from '../src/telemetry/logger';
import { createMetrics } from '../src/telemetry/metrics';

const at = new Date('2026-01-01T00:00:00Z');
const partnerId = 'ptn_01m7y3ad3af6e964zt6px52w8e';
const tenantId = `${partnerId}:live`;
const key = `pk_live_${'b'.repeat(43)}`;
const userId = 'usr_01m7y3ad3af6e964zt6px52w8e';

/** The documents that the measured requests read. */
const partner: Partial<Partner> = { _id: partnerId, name: 'Bench', timeZone: 'UTC', locale: 'en' };
const apiKey: ApiKey = {
  _id: 'key_01m7y3ad3af6e964zt6px52w8e',
  tenantId,
  partnerId,
  mode: 'live',
  scopes: ['read', 'write'],
  name: null,
  hash: hashOfKey(key),
  hint: 'pk_…',
  createdAt: at,
  revokedAt: null,
};
const user: User = {
  _id: userId,
  tenantId,
  state: 'active',
  version: 1,
  chain: null,
  correlationId: 'bench',
  createdAt: at,
  updatedAt: at,
  onboardingId: 'onb_01m7y3ad3af6e964zt6px52w8e',
  email: 'bench@example.com',
  emailKey: 'bench@example.com',
  name: 'Bench',
  locale: 'en',
  timeZone: 'UTC',
  profile: null,
  metadata: {},
};

/** Number of documents written to each collection. */
const written: Record<string, number> = {};

/**
 * Returns a model with only the calls of the measured requests, so that any other call throws. Mongoose and the driver
 * do not run at all.
 */
function model(schema: object, found: unknown = null) {
  const result = Promise.resolve(found);
  const query = { session: () => query, lean: () => result };
  const count = async (documents: unknown[]): Promise<void> => {
    const { collection } = (schema as Schema).options;
    written[collection ?? ''] = (written[collection ?? ''] ?? 0) + documents.length;
  };
  return {
    schema,
    findOne: () => query,
    collection: { insertOne: (document: unknown) => count([document]), insertMany: count },
  };
}

const models = {
  partners: model(partnerSchema, partner),
  apiKeys: model(apiKeySchema, apiKey),
  users: model(userSchema, user),
  heldAddresses: model(heldAddressSchema),
  onboardings: model(onboardingSchema),
  events: model(eventSchema),
  outbox: model(outboxRowSchema),
  idempotency: model(idempotencyRecordSchema),
};
const session = {};
const database = {
  models,
  connection: {},
  inTransaction: (work: (session: object) => Promise<unknown>) => work(session),
} as unknown as Database;

const never = async (): Promise<never> => {
  throw new Error('Not part of the benchmark');
};

async function main(): Promise<void> {
  const [operatorKey, tokenSecret] = [
    'operator-key-of-the-benchmark-0123456789',
    'token-secret-of-the-benchmark-0123456789',
  ];
  const logger = await createLogger({
    level: 'info',
    format: 'json',
    role: 'api',
    instance: 0,
    secrets: [operatorKey, tokenSecret],
    destination: createLogOutput(),
  });
  const isDraining = (): boolean => false;
  const app = createApp({
    database,
    redis: connectRedisProducer({ url: process.env.REDIS_URL ?? '', name: 'bench', logger }),
    redisPrefix: '{bench}',
    startSoon: () => undefined,
    ...createCommands({} as CommandDependencies),
    fileStore: undefined as never,
    hasGateway: () => true,
    egressPolicy: { local: 'none', ownPorts: [], allow: [] },
    checkPaymentMethod: async () => undefined,
    gatewayWebhooks: { sandbox: null, stripe: null },
    compensations: { wakeProcess: never },
    requireTimeSkipping: never,
    resetSandbox: never,
    stuck: { restart: never, close: never },
    listingSearch: {
      put: never,
      remove: never,
      query: never,
      versionsOf: never,
      shownAfter: never,
      shownOver: never,
      forget: never,
    },
    operatorKey,
    tokenSecret,
    publicUrl: 'https://api.example.com',
    limits: { requestsPerMinute: 1_000_000_000, maxBodyBytes: 65_536 },
    logger,
    metrics: createMetrics({ role: 'api' }),
    isDraining,
  });
  const { port } = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    handler: app,
    classes: messageClassesOf(app),
    isDraining,
    drainMs: 0,
    graceMs: 0,
  });
  process.on('message', (message: { query?: string }) => {
    if (message.query === 'written') process.send?.({ written });
  });
  process.send?.({ listening: { port, key, userId } });
}

void main();
