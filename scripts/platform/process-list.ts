import { join } from 'node:path';
import { ManagedProcess } from '../embedded/managed-process.ts';
import { LOOPBACK } from '../embedded/ports.ts';
import type { EmbeddedServers } from '../embedded/servers.ts';
import type { PlatformSecrets } from './secrets-file.ts';

/** One process of the product. To add a role to `npm start`, add an entry to PROCESSES. */
export interface ProcessEntry {
  name: string;
  role: string;
  preferredAdminPort: number;
  /** The ports on which the process serves, each with the variable that sets it. */
  ports: readonly { variable: string; preferred: number }[];
}

export const PROCESSES: readonly ProcessEntry[] = [
  { name: 'api', role: 'api', preferredAdminPort: 9101, ports: [{ variable: 'PORT', preferred: 3000 }] },
  { name: 'worker', role: 'worker', preferredAdminPort: 9102, ports: [] },
  {
    name: 'sandbox',
    role: 'sandbox',
    preferredAdminPort: 9103,
    ports: [
      { variable: 'SANDBOX_PORT', preferred: 3100 },
      { variable: 'SANDBOX_PAGES_PORT', preferred: 3101 },
    ],
  },
];

const READY_WITHIN_MS = 60_000;
/** Longer than the product's own hard limit, so that the product decides how it ends. */
const GRACE_MS = 40_000;
/** Shorter than in production, for a person who tries a payment without an answer. */
const GATEWAY_TIMEOUT_MS = 3_000;

/** The inbox of `npm start` delivers to nobody, and an advanced clock may bring the mails of a year in one day. */
const OWN_INBOX = { SANDBOX_MAIL: 'deliver', MAIL_LIMIT_PER_PERSON: '10000' };

export interface ProductEnvironmentInput {
  root: string;
  /** `.platform`, which also contains the simulated gateway's ledger. */
  folder: string;
  servers: EmbeddedServers;
  secrets: PlatformSecrets;
  publicUrl: string;
  /** The chosen ports by variable. */
  ports: Record<string, string>;
  adminPorts: readonly number[];
  env: NodeJS.ProcessEnv;
}

/**
 * Returns the environment of every process. The environment of `npm start` may add to it and overrides the defaults.
 */
export function productEnvironment({
  root,
  folder,
  servers,
  secrets,
  publicUrl,
  ports,
  adminPorts,
  env,
}: ProductEnvironmentInput): NodeJS.ProcessEnv {
  const { mongodb, redis, temporal, mail } = servers;
  return {
    HOST: LOOPBACK,
    ADMIN_HOST: LOOPBACK,
    LOG_LEVEL: 'info',
    MAIL_FROM: 'Partner Platform <no-reply@partner-platform.test>',
    OPERATOR_EMAIL: 'operator@partner-platform.test',
    PUBLIC_URL: publicUrl,
    TEMPORAL_NAMESPACE: 'default',
    SANDBOX_DATA_DIR: join(folder, 'sandbox'),
    GATEWAY_TIMEOUT_MS: String(GATEWAY_TIMEOUT_MS),
    ...(mail?.process ? OWN_INBOX : {}),
    // Images of sandboxes may come from a server of this machine, but from none of ours.
    ...(isLocal(publicUrl, env) ? { EGRESS_LOCAL: 'sandbox' } : {}),
    ...definedOnly(env),
    EGRESS_OWN_PORTS: [...adminPorts, ...ownPortsOf(servers), ...(env.EGRESS_OWN_PORTS?.split(',') ?? [])].join(','),
    MONGODB_URI: mongodb?.addresses.uri,
    REDIS_URL: redis?.addresses.url,
    TEMPORAL_ADDRESS: temporal?.addresses.address,
    ...(temporal?.addresses.uiUrl ? { TEMPORAL_UI_URL: temporal.addresses.uiUrl } : {}),
    SMTP_URL: mail?.addresses.smtpUrl,
    OPERATOR_KEY: secrets.operatorKey,
    TOKEN_SECRET: secrets.tokenSecret,
    SANDBOX_WEBHOOK_SECRET: secrets.sandboxWebhookSecret,
    // The simulated gateway of this platform, which sends its webhooks to this API.
    SANDBOX_GATEWAY_URL: `http://${LOOPBACK}:${ports.SANDBOX_PORT}`,
    SANDBOX_WEBHOOK_URL: `http://${LOOPBACK}:${ports.PORT}/api/v1/webhooks/sandbox-gateway`,
    ...ports,
    WORKFLOW_BUNDLE: join(root, 'dist', 'workflow-bundle.js'),
  };
}

/** Returns false where the program would refuse to open this machine to sandboxes. */
const isLocal = (publicUrl: string, { LIVE_GATEWAY: live }: NodeJS.ProcessEnv): boolean =>
  URL.canParse(publicUrl) &&
  [LOOPBACK, 'localhost'].includes(new URL(publicUrl).hostname) &&
  (!live || live === 'none');

/** Returns the ports of the servers that no other variable names. */
export const ownPortsOf = ({ temporal, mail }: EmbeddedServers): (number | string)[] => [
  ...(temporal?.addresses.ownPorts ?? []),
  ...portsOf(mail?.addresses.webUrl),
];

const portsOf = (url: string | null | undefined): string[] => (url ? [new URL(url).port].filter(Boolean) : []);

/** Returns the environment without empty variables, which count as unset. */
const definedOnly = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value));

export interface ProductProcessInput {
  entry: ProcessEntry;
  root: string;
  folder: string;
  env: NodeJS.ProcessEnv;
  adminPort: number;
}

/** Returns the process, not yet started. */
export function productProcess({ entry, root, folder, env, adminPort }: ProductProcessInput): ManagedProcess {
  return new ManagedProcess({
    name: entry.name,
    folder,
    command: process.execPath,
    args: ['--enable-source-maps', join('dist', 'main.js'), '--role', entry.role],
    cwd: root,
    env: { ...env, ADMIN_PORT: String(adminPort) },
    probe: () => requireOk(adminPort, '/readyz'),
    readyWithinMs: READY_WITHIN_MS,
    graceMs: GRACE_MS,
  });
}

/** Resolves while the process on this admin port responds; rejects when it is frozen or gone. */
export const requireAlive = (adminPort: number): Promise<void> => requireOk(adminPort, '/livez');

async function requireOk(adminPort: number, path: string): Promise<void> {
  const { ok, status } = await fetch(`http://${LOOPBACK}:${adminPort}${path}`, { signal: AbortSignal.timeout(3_000) });
  if (!ok) throw new Error(`${path} returns ${status}`);
}
