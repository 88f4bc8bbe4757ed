import { access, constants, mkdir } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { Redis } from 'ioredis';
import { ConfigError, readConfig, type Config } from '../../config/env';
import { callSimulator } from '../clients/gateways/sandbox-call';
import { createMailer } from '../clients/mailer/mailer';
import { taskQueueNames } from '../contracts/task-queues';
import { openDatabase } from '../models/database';
import { connectTemporal, pingTemporal } from '../temporal/connect-temporal';
import { findUnpolledQueues } from '../temporal/unpolled-queues';
import { isBinary } from '../assets';
import { cacheFolderOf, openWorkerFiles } from './binary/worker-files';
import { roles, type Need } from './roles';
import { settleWithin } from './lifecycle/settle-within';
import { readTemporalTls } from './temporal/temporal-tls';
import { findWorkflows } from './temporal/find-workflows';

interface Check {
  name: (config: Config) => string;
  /** Resolves to a short result for people, or rejects. `served` are the task queues that the checked role polls. */
  reach: (config: Config, served: readonly string[]) => Promise<string>;
  /** Null where the reason already says what to do. */
  remedy: string | null;
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
  taskQueues: {
    name: () => 'Task queues with running workflows',
    reach: reachTaskQueues,
    remedy: 'start --role worker for them, with these --queues or with all',
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
    remedy:
      'start --role sandbox, or set SANDBOX_GATEWAY_URL and the same SANDBOX_WEBHOOK_SECRET as there; without the ' +
      'secret this check is skipped',
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
  workerFiles: {
    name: ({ worker }) => `Native parts in ${cacheFolderOf(worker)}`,
    reach: async ({ worker }) => {
      await openWorkerFiles(worker);
      return 'are whole and can be loaded';
    },
    remedy: null,
  },
  workflows: {
    name: () => 'Workflow bundle',
    reach: async ({ worker }) => {
      if (isBinary && worker.workflowBundle === undefined) return 'part of this program';
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
  /** The task queues that the role is to serve; undefined for all. */
  queues?: readonly string[];
  /** The number of instances with `--cluster`. */
  clusterOf?: number;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/**
 * Checks the configuration of a role and every server that it needs; prints one line for each, with the remedy where
 * the check failed. Resolves to true when all is well.
 */
export async function checkRole({
  role,
  queues = taskQueueNames,
  clusterOf,
  env,
  print,
}: CheckRoleInput): Promise<boolean> {
  let config: Config;
  try {
    config = readConfig({ env, role, clusterOf });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) print(`failed  Configuration: ${problem}`);
    return false;
  }
  print(`ok      Configuration of ${role}`);
  const { needs = [], takesQueues = false } = roles[role] ?? {};
  const served = takesQueues ? queues : [];
  const results = await Promise.all(needs.map((need) => runCheck(checks[need], config, served)));
  for (const { line } of results) print(line);
  return results.every(({ ok }) => ok);
}

async function runCheck(
  { name: nameOf, reach, remedy }: Check,
  config: Config,
  served: readonly string[],
): Promise<{ ok: boolean; line: string }> {
  const begun = performance.now();
  const outcome = await settleWithin({ work: () => reach(config, served), limitMs: REACH_WITHIN_MS });
  const name = nameOf(config);
  if (outcome.ended === 'well')
    return { ok: true, line: `ok      ${name}: ${outcome.value} (${Math.round(performance.now() - begun)} ms)` };
  const reason =
    outcome.ended === 'late'
      ? `no response within ${REACH_WITHIN_MS} ms`
      : withoutPassword(outcome.error instanceof Error ? outcome.error.message : String(outcome.error));
  return { ok: false, line: `failed  ${name}: ${reason}${remedy ? `; remedy: ${remedy}` : ''}` };
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

/** Makes a signed call: a simulator with another secret, or another clock, would refuse every payment. */
async function reachSandboxGateway({ gateways: { sandbox } }: Config): Promise<string> {
  const { url, webhookSecret: secret } = sandbox;
  if (secret === undefined) return 'skipped: SANDBOX_WEBHOOK_SECRET is not set';
  const call = {
    url,
    secret,
    method: 'GET',
    path: '/v1/account',
    tenantId: 'check',
    timeoutMs: REACH_WITHIN_MS,
  } as const;
  const response = await callSimulator(call);
  if (response.ok) return 'responds';
  const { error } = (await response.json().catch(() => ({}))) as { error?: { message: string } };
  throw new Error(`it responds with ${response.status}${error ? `: ${error.message}` : ''}`);
}

function reachTemporal({ temporal }: Config): Promise<string> {
  return withTemporal(temporal, async (client) => {
    await pingTemporal({ client, timeoutMs: REACH_WITHIN_MS - 500 });
    return 'responds';
  });
}

/** A queue that nobody polls is no error anywhere: its workflows wait, for ever. */
function reachTaskQueues({ temporal }: Config, served: readonly string[]): Promise<string> {
  return withTemporal(temporal, async (client) => {
    const others = taskQueueNames.filter((name) => !served.includes(name));
    const unpolled = await findUnpolledQueues({ client, taskQueues: others, timeoutMs: REACH_WITHIN_MS - 500 });
    if (unpolled.length === 0) return others.length === 0 ? 'all are served by this role' : 'are polled';
    throw new Error(
      `no worker polls ${unpolled.map(({ taskQueue, running }) => `${taskQueue} (${running} running)`).join(', ')}`,
    );
  });
}

async function withTemporal<T>(temporal: Config['temporal'], use: (client: Client) => Promise<T>): Promise<T> {
  const { address, namespace, apiKey } = temporal;
  const client = connectTemporal({ address, namespace, apiKey, tls: readTemporalTls(temporal) });
  try {
    return await use(client);
  } finally {
    void client.connection.close();
  }
}

const withoutPassword = (text: string): string => text.replace(/:\/\/[^\s/@]{1,400}@/g, '://…@');
