import { join } from 'node:path';
import { ManagedProcess } from '../embedded/managed-process.ts';
import { LOOPBACK } from '../embedded/ports.ts';
import type { EmbeddedServers } from '../embedded/servers.ts';
import type { PlatformSecrets } from './secrets-file.ts';

/** One process of the product. Adding a role to `npm start` is adding an entry to PROCESSES. */
export interface ProcessEntry {
  name: string;
  role: string;
  preferredAdminPort: number;
  /** The variable that names its public port, for a process that has one. */
  publicPort?: { variable: string; preferred: number };
}

export const PROCESSES: readonly ProcessEntry[] = [
  { name: 'api', role: 'api', preferredAdminPort: 9101, publicPort: { variable: 'PORT', preferred: 3000 } },
  { name: 'worker', role: 'worker', preferredAdminPort: 9102 },
];

const READY_WITHIN_MS = 60_000;
/** Longer than the product's own hard limit, so that it is the product which decides how it ends. */
const GRACE_MS = 40_000;

export interface ProductEnvironmentInput {
  root: string;
  servers: EmbeddedServers;
  secrets: PlatformSecrets;
  publicUrl: string;
  env: NodeJS.ProcessEnv;
}

/** What every process of the product is told; the environment of `npm start` may say more, and says the last word on the optional ones. */
export function productEnvironment({ root, servers, secrets, publicUrl, env }: ProductEnvironmentInput): NodeJS.ProcessEnv {
  const { mongodb, redis, temporal, mail } = servers;
  return {
    HOST: LOOPBACK,
    ADMIN_HOST: LOOPBACK,
    LOG_LEVEL: 'info',
    MAIL_FROM: 'Partner Platform <no-reply@partner-platform.test>',
    OPERATOR_EMAIL: 'operator@partner-platform.test',
    PUBLIC_URL: publicUrl,
    TEMPORAL_NAMESPACE: 'default',
    ...definedOnly(env),
    MONGODB_URI: mongodb?.addresses.uri,
    REDIS_URL: redis?.addresses.url,
    TEMPORAL_ADDRESS: temporal?.addresses.address,
    ...(temporal?.addresses.uiUrl ? { TEMPORAL_UI_URL: temporal.addresses.uiUrl } : {}),
    SMTP_URL: mail?.addresses.smtpUrl,
    OPERATOR_KEY: secrets.operatorKey,
    TOKEN_SECRET: secrets.tokenSecret,
    WORKFLOW_BUNDLE: join(root, 'dist', 'workflow-bundle.js'),
  };
}

/** An exported but empty variable says nothing. */
const definedOnly = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(env).filter(([, value]) => value));

export interface ProductProcessInput {
  entry: ProcessEntry;
  root: string;
  folder: string;
  env: NodeJS.ProcessEnv;
  adminPort: number;
}

export function productProcess({ entry, root, folder, env, adminPort }: ProductProcessInput): ManagedProcess {
  return new ManagedProcess({
    name: entry.name,
    folder,
    command: process.execPath,
    args: ['--enable-source-maps', join('dist', 'main.js'), '--role', entry.role],
    cwd: root,
    env: { ...env, ADMIN_PORT: String(adminPort) },
    probe: () => requireReady(adminPort),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: GRACE_MS,
  });
}

async function requireReady(adminPort: number): Promise<void> {
  const { ok, status } = await fetch(`http://${LOOPBACK}:${adminPort}/readyz`, { signal: AbortSignal.timeout(3_000) });
  if (!ok) throw new Error(`/readyz answers ${status}`);
}
