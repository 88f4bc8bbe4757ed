import type { z } from 'zod';
import { adminPortProblems } from './admin-ports';
import { deepFreeze } from './deep-freeze';
import { isLoopbackUrl } from './variables/variable-types';
import { variableNames, variables, type Variable, type VariableName } from './variables';

type Parsed<V> = V extends { type: infer T extends z.ZodType; default: null }
  ? z.output<T> | undefined
  : V extends { type: infer T extends z.ZodType }
    ? z.output<T>
    : never;
type Values = { [Name in VariableName]: Parsed<(typeof variables)[Name]> };

/** Everything that is wrong with the environment, one line per variable. Contains no value of a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ReadConfigInput {
  env: Readonly<Record<string, string | undefined>>;
  role: string;
  /** Number of instances of a cluster (`--cluster`), each with an admin port; its primary has the port after theirs. */
  clusterOf?: number;
}

/**
 * Returns the configuration of one process, frozen. A variable that is set but empty counts as not set.
 * @throws ConfigError that names every bad variable, its fault and the allowed values.
 */
export function readConfig({ env, role, clusterOf }: ReadConfigInput) {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of variableNames) {
    const variable: Variable = variables[name];
    const given = env[name] === '' ? undefined : env[name];
    const raw = given ?? variable.defaultByRole?.[role] ?? variable.default;
    if (raw === null && !variable.requiredBy?.includes(role)) continue;
    if (raw === undefined || raw === null) {
      problems.push(`${name} is not set; it has to be ${variable.allowed} (${variable.meaning})`);
      continue;
    }
    const result = variable.type.safeParse(raw);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} is ${shown(variable, raw)}; it has to be ${variable.allowed}`);
  }
  const instance = env.NODE_APP_INSTANCE || '0';
  const isInstance = /^\d{1,4}$/.test(instance);
  if (!isInstance)
    problems.push(
      `NODE_APP_INSTANCE is "${instance}"; it has to be the number that PM2 or --cluster gives an instance`,
    );
  // Rules between variables are checked even when other variables are bad, as long as the values they compare are
  // valid.
  problems.push(...crossFieldProblems(values));
  problems.push(...adminPortProblems({ values, instance: isInstance ? Number(instance) : 0, clusterOf }));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(arrange(values as Values, Number(instance)));
}

export type Config = ReturnType<typeof readConfig>;

const MAX_SHOWN_LENGTH = 60;

function shown({ secret }: Variable, raw: string): string {
  if (secret) return `bad (${raw.length} characters, not shown)`;
  return JSON.stringify(raw.length > MAX_SHOWN_LENGTH ? `${raw.slice(0, MAX_SHOWN_LENGTH)}…` : raw);
}

const FORCE_MARGIN_MS = 2000;

function crossFieldProblems(values: Partial<Values>): string[] {
  const problems: string[] = [];
  const { SHUTDOWN_FORCE_MS: forceMs, SHUTDOWN_GRACE_MS: graceMs = 0, DRAIN_MS: drainMs = 0 } = values;
  for (const [name, ms] of [
    ['SHUTDOWN_GRACE_MS', graceMs],
    ['DRAIN_MS', drainMs],
  ] as const) {
    const leastMs = ms + FORCE_MARGIN_MS;
    if (forceMs !== undefined && forceMs < leastMs) {
      problems.push(
        `SHUTDOWN_FORCE_MS is ${forceMs}; it has to be at least ${leastMs}: ${name} and ${FORCE_MARGIN_MS} more`,
      );
    }
  }
  const { TEMPORAL_TLS_CERT_FILE: certFile, TEMPORAL_TLS_KEY_FILE: keyFile } = values;
  if (certFile !== undefined && keyFile === undefined)
    problems.push('TEMPORAL_TLS_KEY_FILE is not set; TEMPORAL_TLS_CERT_FILE needs it');
  if (keyFile !== undefined && certFile === undefined)
    problems.push('TEMPORAL_TLS_CERT_FILE is not set; TEMPORAL_TLS_KEY_FILE needs it');
  const { OPERATOR_KEY: operatorKey, TOKEN_SECRET: tokenSecret } = values;
  if (operatorKey !== undefined && operatorKey === tokenSecret)
    problems.push('TOKEN_SECRET equals OPERATOR_KEY; it has to be a secret of its own');
  const { SANDBOX_PORT: sandboxPort, SANDBOX_PAGES_PORT: pagesPort } = values;
  if (sandboxPort !== 0 && sandboxPort !== undefined && sandboxPort === pagesPort)
    problems.push(`SANDBOX_PAGES_PORT is ${pagesPort}, as is SANDBOX_PORT; it has to be a port of its own`);
  const { LIVE_GATEWAY: live, STRIPE_API_KEY: stripeKey, STRIPE_WEBHOOK_SECRET: stripeSecret } = values;
  if (live === 'stripe' && stripeKey === undefined)
    problems.push('STRIPE_API_KEY is not set; LIVE_GATEWAY=stripe needs it');
  if (live === 'stripe' && stripeSecret === undefined)
    problems.push('STRIPE_WEBHOOK_SECRET is not set; LIVE_GATEWAY=stripe needs it');
  problems.push(...localEgressProblems(values));
  return problems;
}

/** This machine's addresses are for development: a partner's URL must never reach them where real ones are served. */
function localEgressProblems(values: Partial<Values>): string[] {
  const { EGRESS_LOCAL: local, LIVE_GATEWAY: live = 'none', PUBLIC_URL: publicUrl } = values;
  if (local !== 'sandbox') return [];
  const problems: string[] = [];
  if (live !== 'none')
    problems.push(`EGRESS_LOCAL is sandbox; it has to be none with LIVE_GATEWAY=${live}, which serves live tenants`);
  if (publicUrl !== undefined && !isLoopbackUrl(publicUrl))
    problems.push('EGRESS_LOCAL is sandbox; it has to be none unless PUBLIC_URL is on this machine (127.0.0.1)');
  return problems;
}

function arrange(v: Values, instance: number) {
  const tlsFiles = {
    caFile: v.TEMPORAL_TLS_CA_FILE,
    certFile: v.TEMPORAL_TLS_CERT_FILE,
    keyFile: v.TEMPORAL_TLS_KEY_FILE,
  };
  const usesTls = v.TEMPORAL_TLS || v.TEMPORAL_API_KEY !== undefined || Object.values(tlsFiles).some(Boolean);
  return {
    api: {
      port: v.PORT,
      host: v.HOST,
      publicUrl: v.PUBLIC_URL,
      requestsPerMinute: v.RATE_LIMIT_PER_MINUTE,
      searchRequestsPerMinute: v.SEARCHES_PER_MINUTE,
      failedAttemptsPerMinute: v.FAILED_LOGINS_PER_MINUTE,
      maxBodyBytes: v.MAX_BODY_BYTES,
      trustProxy: v.TRUST_PROXY,
    },
    admin: { host: v.ADMIN_HOST, port: v.ADMIN_PORT === 0 ? 0 : v.ADMIN_PORT + instance },
    mongodb: { uri: v.MONGODB_URI },
    redis: { url: v.REDIS_URL, prefix: v.REDIS_PREFIX },
    temporal: {
      address: v.TEMPORAL_ADDRESS,
      namespace: v.TEMPORAL_NAMESPACE,
      tls: usesTls ? { serverName: v.TEMPORAL_TLS_SERVER_NAME, ...tlsFiles } : null,
      apiKey: v.TEMPORAL_API_KEY,
      uiUrl: v.TEMPORAL_UI_URL,
    },
    operatorKey: v.OPERATOR_KEY,
    tokenSecret: v.TOKEN_SECRET,
    mail: {
      smtpUrl: v.SMTP_URL,
      from: v.MAIL_FROM,
      operatorEmail: v.OPERATOR_EMAIL,
      sandboxMail: v.SANDBOX_MAIL,
      limits: {
        perPerson: v.MAIL_LIMIT_PER_PERSON,
        perReviewer: v.MAIL_LIMIT_PER_REVIEWER,
        perTenant: v.MAIL_LIMIT_PER_TENANT,
      },
    },
    gateways: {
      timeoutMs: v.GATEWAY_TIMEOUT_MS,
      sandbox: {
        url: v.SANDBOX_GATEWAY_URL,
        webhookSecret: v.SANDBOX_WEBHOOK_SECRET,
        webhookUrl: v.SANDBOX_WEBHOOK_URL ?? `${v.PUBLIC_URL}/api/v1/webhooks/sandbox-gateway`,
        port: v.SANDBOX_PORT,
        pagesPort: v.SANDBOX_PAGES_PORT,
        publicUrl: v.SANDBOX_PUBLIC_URL,
        dataDir: v.SANDBOX_DATA_DIR,
      },
      stripe:
        v.LIVE_GATEWAY === 'stripe'
          ? {
              apiKey: v.STRIPE_API_KEY ?? '',
              webhookSecret: v.STRIPE_WEBHOOK_SECRET ?? '',
              returnUrl: v.STRIPE_RETURN_URL ?? v.PUBLIC_URL,
              apiBase: v.STRIPE_API_BASE,
            }
          : null,
    },
    egress: {
      local: v.EGRESS_LOCAL,
      ownPorts: v.EGRESS_OWN_PORTS,
      allow: v.EGRESS_ALLOW,
      dnsServers: v.EGRESS_DNS_SERVERS,
      proxyUrl: v.EGRESS_PROXY_URL ?? null,
    },
    maxHeapMb: v.MAX_HEAP_MB,
    worker: {
      workflowBundle: v.WORKFLOW_BUNDLE,
      cacheDir: v.APP_CACHE_DIR,
      maxConcurrentWorkflowTasks: v.MAX_CONCURRENT_WORKFLOW_TASKS,
      maxConcurrentActivities: v.MAX_CONCURRENT_ACTIVITIES,
      maxCachedWorkflows: v.MAX_CACHED_WORKFLOWS,
      maxConcurrentJobs: v.MAX_CONCURRENT_JOBS,
    },
    shutdown: { drainMs: v.DRAIN_MS, graceMs: v.SHUTDOWN_GRACE_MS, forceMs: v.SHUTDOWN_FORCE_MS },
    reload: { readyMs: v.RELOAD_READY_MS },
    log: { level: v.LOG_LEVEL, format: v.LOG_FORMAT },
    flags: v.FEATURES,
    instance,
  };
}
