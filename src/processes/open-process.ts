import cluster from 'node:cluster';
import { readConfig, type Config } from '../../config/env';
import { createLogOutput } from '../telemetry/log-output';
import { createLogger, type Logger } from '../telemetry/logger';
import { createMetrics, type Metrics } from '../telemetry/metrics';
import { startAdminServer, type AdminServer } from './admin/admin-server';
import { heapLimitFault } from './lifecycle/heap-limit';
import { createShutdown, type Shutdown } from './lifecycle/shutdown';

export interface RunInput {
  role: string;
  version: string;
  /** See src/build-id.ts. */
  buildId: string;
  env: NodeJS.ProcessEnv;
  /** The task queues to serve; undefined for all. Only for roles that take queues. */
  queues?: readonly string[];
  /** Number of instances to run as a cluster; undefined for one process. Only for roles that can be clustered. */
  clusterOf?: number;
}

export interface OpenProcess {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  admin: AdminServer;
  shutdown: Shutdown;
}

/** The primary of a cluster ends by force only after its instances have done so themselves. */
const PRIMARY_MARGIN_MS = 3000;

/**
 * Opens the common parts of every role: configuration, log, metrics, the admin port and the orderly end.
 *
 * @throws ConfigError
 */
export async function openProcess({ role, version, buildId, env, clusterOf }: RunInput): Promise<OpenProcess> {
  const config = readConfig({ env, role, clusterOf });
  const output = createLogOutput();
  const logger = await createLogger({
    ...config.log,
    role,
    instance: config.instance,
    secrets: secretsOf(config),
    destination: output,
  });
  const marginMs = clusterOf === undefined ? 0 : PRIMARY_MARGIN_MS;
  const shutdown = createShutdown({ logger, forceMs: config.shutdown.forceMs + marginMs });
  shutdown.listen();
  surviveFailedOutput();
  // A reload of the whole process group is the primary's alone.
  if (cluster.isWorker) process.on('SIGHUP', () => undefined);
  logger.info({ version, buildId, node: process.version }, 'Starting');
  const heapFault = heapLimitFault(config);
  if (heapFault !== null) logger.warn(heapFault);
  const metrics = createMetrics({ role, droppedLogLines: () => output.dropped });
  const admin = await startAdminServer({
    ...config.admin,
    waitForPort: env.pm_id !== undefined || cluster.isWorker,
    about: { role, version, buildId },
    isDraining: shutdown.isDraining,
    metrics,
    logger,
  });
  shutdown.onClose({ name: 'admin port', close: () => admin.close() });
  return { config, logger, metrics, admin, shutdown };
}

const secretsOf = ({ operatorKey, tokenSecret, temporal, gateways: { sandbox, stripe }, egress }: Config): string[] =>
  [
    operatorKey,
    tokenSecret,
    temporal.apiKey,
    sandbox.webhookSecret,
    stripe?.apiKey,
    stripe?.webhookSecret,
    egress.proxyUrl,
  ].filter((secret) => typeof secret === 'string');

/** The reader of our output may exit (`| head`), or the disk may be full; the process continues to serve. */
function surviveFailedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
