import cluster from 'node:cluster';
import { createMongoListingSearch } from '../clients/search/mongo-listing-search';
import { createGridFsFileStore } from '../clients/storage/gridfs-file-store';
import { createApp } from '../http/app';
import { messageClassesOf } from '../http/message-classes';
import { connectRedisProducer } from '../queue/redis';
import { announceRows } from '../queue/relay/announcements';
import { createStuckOperations } from '../services/operator/stuck-operations';
import { createCommands } from '../temporal/commands/commands';
import { requestCompensationRetry } from '../temporal/commands/payments/request-compensation-retry';
import { createRunningWorkflows } from '../temporal/running-workflows';
import { gatewayWebhooksOf } from './gateway-webhooks';
import { rotationOf } from './cluster/rotation';
import { holdUntilBooted } from './lifecycle/hold-until-booted';
import { openHttpServer } from './lifecycle/http-server';
import { egressPolicyOf } from './open-egress';
import { openProcess, type RunInput } from './open-process';
import { hasGatewayIn, openGateways, sandboxAccountOf } from './open-gateways';
import { openDatabaseOf, openTemporalOf, prepareDatabase } from './open-servers';
import { createPaymentMethodCheck, PAYMENT_METHOD_CHECK_MS } from './payment-method-check';
import { createSandboxOperations } from './sandbox-operations';

/** Milliseconds for which a late reply still counts. No request waits this long: see rate-limits. */
const RATE_LIMIT_REPLY_MS = 5000;

/**
 * `--role api`. Listens immediately, but as one of a cluster's instances only once it is booted: until then the others
 * get all connections, so one that never boots fails no request. Only MongoDB is needed to become ready; while Temporal
 * and Redis are down the api continues to accept. Resolves when it is ready.
 */
export async function runApi(input: RunInput): Promise<void> {
  const opened = await openProcess(input);
  const { config, logger, metrics, admin, shutdown } = opened;
  const { isDraining } = shutdown;

  const database = openDatabaseOf(opened, 'api');
  const redis = connectRedisProducer({
    url: config.redis.url,
    name: 'rate-limits',
    logger,
    commandTimeoutMs: RATE_LIMIT_REPLY_MS,
  });
  shutdown.onClose({ name: 'Redis', close: () => redis.disconnect() });
  admin.addDependency({ name: 'redis', required: false, check: () => redis.ping() });
  announceRows({ database, redis, prefix: config.redis.prefix });
  const { client, starter } = openTemporalOf(opened, database);

  const gateways = { ...config.gateways, timeoutMs: Math.min(config.gateways.timeoutMs, PAYMENT_METHOD_CHECK_MS) };
  const gatewayFor = openGateways({ ...opened, config: { ...config, gateways } });

  const fileStore = createGridFsFileStore({ database });

  const app = createApp({
    database,
    startSoon: (row) => starter.startSoon(row),
    ...createCommands({ client, database, starter }),
    listingSearch: createMongoListingSearch({ model: database.models.listingSearchEntries }),
    fileStore,
    hasGateway: hasGatewayIn(config),
    egressPolicy: egressPolicyOf(config),
    checkPaymentMethod: createPaymentMethodCheck({ database, gatewayFor }),
    gatewayWebhooks: gatewayWebhooksOf({ config, metrics }),
    stuck: createStuckOperations({ database, workflows: createRunningWorkflows(client) }),
    compensations: { wakeProcess: (compensation) => requestCompensationRetry(client, compensation) },
    ...createSandboxOperations({ client, database, account: sandboxAccountOf(config), fileStore }),
    redis: config.flags['rate-limits'] ? redis : null,
    redisPrefix: config.redis.prefix,
    operatorKey: config.operatorKey,
    tokenSecret: config.tokenSecret,
    publicUrl: config.api.publicUrl,
    limits: config.api,
    trustProxy: config.api.trustProxy,
    logger,
    metrics,
    isDraining,
  });
  const booted = prepareDatabase(opened, database);
  if (cluster.isWorker) await booted;
  const server = await openHttpServer({
    ...config.api,
    ...config.shutdown,
    handler: holdUntilBooted({ handler: app, booted }),
    classes: messageClassesOf(app),
    isDraining,
    untilOutOfRotation: rotationOf(input.env),
  });
  shutdown.onClose({ name: 'HTTP server', close: () => server.close(), limitMs: config.shutdown.forceMs });
  logger.info({ host: config.api.host, port: server.port }, 'Listening');

  await booted;
  admin.markBooted();
  logger.info({ publicUrl: config.api.publicUrl }, 'Ready');
  process.send?.('ready');
}
