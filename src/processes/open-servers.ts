import type { Client } from '@temporalio/client';
import { openDatabase, type Database } from '../models/database';
import { ensureIndexes } from '../models/ensure-indexes';
import { connectTemporal, pingTemporal } from '../temporal/connect-temporal';
import { createWorkflowStarter, type WorkflowStarter } from '../temporal/workflow-starter';
import type { OpenProcess } from './open-process';
import { CHECK_WITHIN_MS } from './admin/readiness';
import { readTemporalTls } from './temporal/temporal-tls';
import { retryUntilReady } from './lifecycle/retry-until-ready';

/** Begins to connect to MongoDB and returns immediately. */
export function openDatabaseOf({ config, admin, shutdown }: OpenProcess, role: string): Database {
  const database = openDatabase({ uri: config.mongodb.uri, appName: `partner-platform-${role}` });
  shutdown.onClose({ name: 'MongoDB', close: () => database.close() });
  admin.addDependency({ name: 'mongodb', required: true, check: () => database.ping() });
  return database;
}

/**
 * Waits for MongoDB as long as necessary, then creates collections and indexes: nothing may be written before they
 * exist.
 */
export async function prepareDatabase({ logger, shutdown }: OpenProcess, database: Database): Promise<void> {
  const { isDraining } = shutdown;
  await retryUntilReady({ name: 'MongoDB', attempt: () => database.ping(), attemptWithinMs: 2000, isDraining, logger });
  await retryUntilReady({
    name: 'Collections and indexes',
    attempt: () => ensureIndexes(database),
    attemptWithinMs: 60_000,
    isDraining,
    logger,
  });
}

/** Returns a client of Temporal, which connects on first use, and the sender of workflow starts. */
export function openTemporalOf(
  { config, admin, logger, metrics, shutdown }: OpenProcess,
  database: Database,
): { client: Client; starter: WorkflowStarter } {
  const { address, namespace, apiKey } = config.temporal;
  const client = connectTemporal({ address, namespace, apiKey, tls: readTemporalTls(config.temporal) });
  shutdown.onClose({ name: 'Temporal client', close: () => client.connection.close() });
  admin.addDependency({
    name: 'temporal',
    required: false,
    check: () => pingTemporal({ client, timeoutMs: CHECK_WITHIN_MS }),
  });
  const starter = createWorkflowStarter({
    client,
    database,
    logger,
    onStarted: (workflowType) => metrics.countWorkflowStart(workflowType),
  });
  shutdown.onClose({ name: 'workflow starts', close: () => starter.drain() });
  return { client, starter };
}
