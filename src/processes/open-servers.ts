import type { Client } from '@temporalio/client';
import { openDatabase, type Database } from '../models/database';
import { ensureIndexes } from '../models/ensure-indexes';
import { connectTemporal, pingTemporal } from '../temporal/connect-temporal';
import { createWorkflowStarter, type WorkflowStarter } from '../temporal/workflow-starter';
import type { OpenProcess } from './open-process';
import { CHECK_WITHIN_MS } from './admin/readiness';
import { readTemporalTls } from './temporal/temporal-tls';
import { untilItWorks } from './lifecycle/until-it-works';

/** Begins to connect to MongoDB and comes back at once. */
export function openDatabaseOf({ config, admin, shutdown }: OpenProcess, role: string): Database {
  const database = openDatabase({ uri: config.mongodb.uri, appName: `partner-platform-${role}` });
  shutdown.onClose({ name: 'MongoDB', close: () => database.close() });
  admin.addDependency({ name: 'mongodb', required: true, check: () => database.ping() });
  return database;
}

/**
 * Waits for MongoDB for as long as it takes, then makes collections and indexes: nothing may be written before they are
 * there.
 */
export async function prepareDatabase({ logger, shutdown }: OpenProcess, database: Database): Promise<void> {
  const { isDraining } = shutdown;
  await untilItWorks({ what: 'MongoDB', attempt: () => database.ping(), attemptWithinMs: 2000, isDraining, logger });
  await untilItWorks({
    what: 'Collections and indexes',
    attempt: () => ensureIndexes(database),
    attemptWithinMs: 60_000,
    isDraining,
    logger,
  });
}

/** A client of Temporal, which connects on first use, and the sender of workflow starts. */
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
