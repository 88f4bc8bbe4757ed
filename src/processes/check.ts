import { access, constants, mkdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { ConfigError, readConfig, type Config } from '../../config/env';
import { createMailer } from '../clients/mailer/mailer';
import { openDatabase } from '../models/database';
import { connectTemporal, pingTemporal } from '../temporal/connect-temporal';
import { roles, type Need } from './roles';
import { settleWithin } from './lifecycle/settle-within';
import { readTemporalTls } from './temporal/temporal-tls';
import { findWorkflows } from './temporal/find-workflows';

interface Check {
  name: (config: Config) => string;
  /** Resolves to a short result for people, or rejects. */
  reach: (config: Config) => Promise<string>;
  remedy: string;
}

/** Limit of every check. All run in parallel, so `--check` ends within 10 s even on a frozen server. */
const REACH_WITHIN_MS = 5000;

const checks: Record<Need, Check> = {
  mongodb: {
    name: ({ mongodb }) => `MongoDB ${withoutPassword(mongodb.uri)}`,
    reach: reachMongodb,
    remedy: 'start it, or set MONGODB_URI; it has to be a replica set',
  },
  redis: {
    name: ({ redis }) => `Redis ${withoutPassword(redis.url)}`,
    reach: reachRedis,
    remedy: 'start it with --maxmemory-policy noeviction, or set REDIS_URL',
  },
  temporal: {
    name: ({ temporal }) => `Temporal ${temporal.address}, namespace ${temporal.namespace}`,
    reach: reachTemporal,
    remedy: 'start it, or set TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TEMPORAL_TLS variables',
  },
  smtp: {
    name: ({ mail }) => `Mail server ${withoutPassword(mail.smtpUrl)}`,
    reach: async ({ mail }) => {
      const mailer = createMailer(mail);
      await mailer.verify().finally(() => mailer.close());
      return 'responds';
    },
    remedy: 'start it, or set SMTP_URL',
  },
  sandboxGateway: {
    name: ({ gateways }) => `Simulated gateway ${gateways.sandbox.url}`,
    reach: reachSandboxGateway,
    remedy: 'start --role sandbox, or set SANDBOX_GATEWAY_URL; without SANDBOX_WEBHOOK_SECRET this check is skipped',
  },
  sandboxLedger: {
    name: ({ gateways }) => `Ledger of the simulated gateway in ${gateways.sandbox.dataDir}`,
    reach: async ({ gateways: { sandbox } }) => {
      await mkdir(sandbox.dataDir, { recursive: true });
      await access(sandbox.dataDir, constants.R_OK | constants.W_OK);
      return 'can be written';
    },
    remedy: 'make the folder writable, or set SANDBOX_DATA_DIR',
  },
  workflows: {
    name: () => 'Workflow bundle',
    reach: async ({ worker }) => {
      const found = findWorkflows(worker.workflowBundle);
      return 'workflowBundle' in found
        ? found.workflowBundle.codePath
        : `none, ${found.workflowsPath} is bundled at every start`;
    },
    remedy: 'run npm run build, or set WORKFLOW_BUNDLE',
  },
};

export interface CheckRoleInput {
  role: string;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/**
 * Checks the configuration of a role and every server that it needs; prints one line for each, with the remedy where
 * the check failed. Resolves to true when all is well.
 */
export async function checkRole({ role, env, print }: CheckRoleInput): Promise<boolean> {
  let config: Config;
  try {
    config = readConfig({ env, role });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) print(`failed  Configuration: ${problem}`);
    return false;
  }
  print(`ok      Configuration of ${role}`);
  const results = await Promise.all((roles[role]?.needs ?? []).map((need) => runCheck(checks[need], config)));
  for (const { line } of results) print(line);
  return results.every(({ ok }) => ok);
}

async function runCheck(
  { name: nameOf, reach, remedy }: Check,
  config: Config,
): Promise<{ ok: boolean; line: string }> {
  const begun = performance.now();
  const outcome = await settleWithin({ work: () => reach(config), limitMs: REACH_WITHIN_MS });
  const name = nameOf(config);
  if (outcome.ended === 'well')
    return { ok: true, line: `ok      ${name}: ${outcome.value} (${Math.round(performance.now() - begun)} ms)` };
  const reason =
    outcome.ended === 'late'
      ? `no response within ${REACH_WITHIN_MS} ms`
      : withoutPassword(outcome.error instanceof Error ? outcome.error.message : String(outcome.error));
  return { ok: false, line: `failed  ${name}: ${reason}; remedy: ${remedy}` };
}

async function reachMongodb({ mongodb }: Config): Promise<string> {
  const database = openDatabase({ uri: mongodb.uri, appName: 'partner-platform-check', maxPoolSize: 1 });
  try {
    await database.connection.asPromise();
    await database.ping();
    const { setName } = await database.connection.getClient().db().command({ hello: 1 });
    if (!setName) throw new Error('it is not a member of a replica set, so it has no transactions');
    return `responds, replica set ${setName}`;
  } finally {
    void database.close();
  }
}

async function reachRedis({ redis: { url } }: Config): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REACH_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason = '';
  redis.on('error', (error: Error) => (reason = error.message || (error as NodeJS.ErrnoException).code || ''));
  try {
    await redis.connect();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
    if (policy !== undefined && policy !== 'noeviction')
      throw new Error(`its maxmemory-policy is ${policy}, with which jobs get lost`);
    return 'responds';
  } catch (error) {
    throw reason ? new Error(reason, { cause: error }) : error;
  } finally {
    redis.disconnect();
  }
}

async function reachSandboxGateway({ gateways: { sandbox } }: Config): Promise<string> {
  if (sandbox.webhookSecret === undefined) return 'skipped: SANDBOX_WEBHOOK_SECRET is not set';
  const { ok, status } = await fetch(`${sandbox.url}/livez`);
  if (!ok) throw new Error(`it responds with ${status}`);
  return 'responds';
}

async function reachTemporal({ temporal }: Config): Promise<string> {
  const { address, namespace, apiKey } = temporal;
  const client = connectTemporal({ address, namespace, apiKey, tls: readTemporalTls(temporal) });
  try {
    await pingTemporal({ client, timeoutMs: REACH_WITHIN_MS - 500 });
    return 'responds';
  } finally {
    void client.connection.close();
  }
}

const withoutPassword = (text: string): string => text.replace(/:\/\/[^\s/@]{1,400}@/g, '://…@');
