import { z } from 'zod';
import { flagNames, flags, parseFlags } from './flags';
import {
  hostAndPort,
  mongodbUri,
  onOff,
  port,
  secret,
  text,
  urlOf,
  webhookSecret,
  wholeNumber,
} from './variable-types';

export interface Variable {
  group:
    | 'API'
    | 'Administration'
    | 'Servers'
    | 'Secrets'
    | 'Mail'
    | 'Gateways'
    | 'Worker'
    | 'Shutdown'
    | 'Logs and features';
  meaning: string;
  /** What a value has to be, in words. */
  allowed: string;
  unit?: string;
  type: z.ZodType<unknown, string>;
  /** The value as it would be written; null where the variable may stay unset; absent where it has to be set. */
  default?: string | null;
  /** Roles that cannot do without it, where others can. */
  requiredBy?: readonly string[];
  /** Other defaults for single roles. */
  defaultByRole?: Readonly<Record<string, string>>;
  /** Its value is never shown, not even when it is bad. */
  secret?: true;
}

const MINUTE_MS = 60_000;
const milliseconds = (max: number) => ({
  type: wholeNumber(0, max),
  unit: 'ms',
  allowed: `a whole number from 0 to ${max}`,
});
const between = (min: number, max: number) => ({
  type: wholeNumber(min, max),
  allowed: `a whole number from ${min} to ${max}`,
});

/**
 * Every variable of the environment that the program reads: the one table behind Config, `.env.example` and the README.
 */
export const variables = {
  PORT: {
    group: 'API',
    default: '3000',
    type: port,
    allowed: 'a port; 0 takes a free one',
    meaning: 'Port of the REST API',
  },
  HOST: {
    group: 'API',
    default: '127.0.0.1',
    type: text,
    allowed: 'an address of this machine',
    meaning: 'Address the API listens on; 0.0.0.0 in a container',
  },
  PUBLIC_URL: {
    group: 'API',
    default: 'http://127.0.0.1:3000',
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: 'Where people and partner apps reach the API; links in mails begin with it',
  },
  RATE_LIMIT_PER_MINUTE: {
    group: 'API',
    default: '600',
    ...between(1, 1_000_000),
    unit: 'requests/min',
    meaning: 'Requests a tenant may send in a minute',
  },
  MAX_BODY_BYTES: {
    group: 'API',
    default: '65536',
    ...between(1024, 10_485_760),
    unit: 'bytes',
    meaning: 'Largest request body',
  },
  TRUST_PROXY: {
    group: 'API',
    default: '0',
    ...between(0, 16),
    meaning:
      'How many proxies stand before the API; their X-Forwarded-For is believed, which the limits by address need',
  },

  ADMIN_PORT: {
    group: 'Administration',
    default: '9464',
    defaultByRole: { worker: '9474', sandbox: '9484' },
    type: port,
    allowed: 'a port; 0 takes a free one',
    meaning: 'Port of /livez, /readyz and /metrics; under PM2 the number of the instance is added',
  },
  ADMIN_HOST: {
    group: 'Administration',
    default: '127.0.0.1',
    type: text,
    allowed: 'an address of this machine',
    meaning: 'Address the admin port listens on; it has no authentication, so keep it private',
  },

  MONGODB_URI: {
    group: 'Servers',
    default: 'mongodb://127.0.0.1:27017/partner_platform?directConnection=true',
    type: mongodbUri,
    allowed: 'mongodb://… or mongodb+srv://… with a database name',
    meaning: 'MongoDB, a replica set (transactions need one)',
    secret: true,
  },
  REDIS_URL: {
    group: 'Servers',
    default: 'redis://127.0.0.1:6379',
    type: urlOf('redis', 'rediss'),
    allowed: 'a redis or rediss URL',
    meaning: 'Redis with maxmemory-policy noeviction',
    secret: true,
  },
  REDIS_PREFIX: {
    group: 'Servers',
    default: '{platform}',
    type: z.string().regex(/^\{[\w:-]+\}$/),
    allowed: 'a name in braces, which keeps all keys in one slot of a Redis cluster',
    meaning: 'Beginning of every key in Redis',
  },
  TEMPORAL_ADDRESS: {
    group: 'Servers',
    default: '127.0.0.1:7233',
    type: hostAndPort,
    allowed: 'host:port',
    meaning: 'Temporal frontend',
  },
  TEMPORAL_NAMESPACE: {
    group: 'Servers',
    default: 'default',
    type: z.string().regex(/^[\w.-]+$/),
    allowed: 'letters, digits, dot, dash, underscore',
    meaning: 'Temporal namespace; it has to exist',
  },
  TEMPORAL_TLS: {
    group: 'Servers',
    default: 'false',
    type: onOff,
    allowed: 'true or false',
    meaning: 'TLS towards Temporal; on by itself with a key or certificate',
  },
  TEMPORAL_TLS_SERVER_NAME: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'a host name',
    meaning: 'Name expected in the certificate of Temporal, where it is not the host',
  },
  TEMPORAL_TLS_CA_FILE: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'a PEM file',
    meaning: 'Root certificate for Temporal; default: those of the system',
  },
  TEMPORAL_TLS_CERT_FILE: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'a PEM file',
    meaning: 'Client certificate for Temporal (mTLS)',
  },
  TEMPORAL_TLS_KEY_FILE: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'a PEM file',
    meaning: 'Key of the client certificate',
  },
  TEMPORAL_API_KEY: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'an API key',
    meaning: 'Key for Temporal Cloud',
    secret: true,
  },
  TEMPORAL_UI_URL: {
    group: 'Servers',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: 'Web page of Temporal; only shown',
  },

  OPERATOR_KEY: {
    group: 'Secrets',
    type: secret,
    allowed: 'at least 32 characters',
    meaning: 'Key of the operator, who administers partners',
    secret: true,
  },
  TOKEN_SECRET: {
    group: 'Secrets',
    type: secret,
    allowed: 'at least 32 characters',
    meaning: 'Signs verification links; a change makes all open links invalid',
    secret: true,
  },

  SMTP_URL: {
    group: 'Mail',
    default: 'smtp://127.0.0.1:1025',
    type: urlOf('smtp', 'smtps'),
    allowed: 'an smtp or smtps URL',
    meaning: 'Server that takes our mails',
    secret: true,
  },
  MAIL_FROM: {
    group: 'Mail',
    default: 'Partner Platform <no-reply@partner-platform.test>',
    type: z.string().regex(/^[^\r\n]*[^\s@]+@[^\s@]+$/),
    allowed: 'an address, or a name and <address>',
    meaning: 'Sender of our mails',
  },
  OPERATOR_EMAIL: {
    group: 'Mail',
    default: 'operator@partner-platform.test',
    type: z.email(),
    allowed: 'an address',
    meaning: 'Where escalations go',
  },

  GATEWAY_TIMEOUT_MS: {
    group: 'Gateways',
    default: '10000',
    ...milliseconds(MINUTE_MS),
    meaning: 'How long a call to a payment gateway is waited for; after that its outcome is unknown and looked up',
  },
  SANDBOX_GATEWAY_URL: {
    group: 'Gateways',
    default: 'http://127.0.0.1:3100',
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: 'Where the simulated gateway (--role sandbox) is, which sandbox tenants pay through',
  },
  SANDBOX_WEBHOOK_SECRET: {
    group: 'Gateways',
    default: null,
    requiredBy: ['sandbox'],
    type: webhookSecret,
    allowed: 'whsec_ and the base64 of 24 to 64 random bytes',
    meaning:
      'Signs the webhooks of the simulated gateway; without it the API takes none, and sandbox payments are settled by look-up alone',
    secret: true,
  },
  SANDBOX_WEBHOOK_URL: {
    group: 'Gateways',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: 'Where the simulated gateway reports; default: /api/v1/webhooks/sandbox-gateway under PUBLIC_URL',
  },
  SANDBOX_PORT: {
    group: 'Gateways',
    default: '3100',
    type: port,
    allowed: 'a port; 0 takes a free one',
    meaning: 'Port of the simulated gateway',
  },
  SANDBOX_PUBLIC_URL: {
    group: 'Gateways',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning:
      "Where customers' browsers reach the simulated gateway, for pm_requires_action; default: SANDBOX_GATEWAY_URL",
  },
  SANDBOX_DATA_DIR: {
    group: 'Gateways',
    default: '.platform/sandbox',
    type: text,
    allowed: 'a folder',
    meaning: 'Where the simulated gateway keeps its ledger',
  },
  LIVE_GATEWAY: {
    group: 'Gateways',
    default: 'none',
    type: z.enum(['none', 'stripe']),
    allowed: 'none or stripe',
    meaning: 'The gateway that live tenants pay through; with none their payments are refused',
  },
  STRIPE_API_KEY: {
    group: 'Gateways',
    default: null,
    type: z.string().regex(/^(sk|rk)_/),
    allowed: 'a secret or restricted key, sk_… or rk_…',
    meaning: 'Key for Stripe',
    secret: true,
  },
  STRIPE_WEBHOOK_SECRET: {
    group: 'Gateways',
    default: null,
    type: z.string().regex(/^whsec_\S+$/),
    allowed: 'whsec_…',
    meaning: 'Checks the webhooks of Stripe, which it sends to /api/v1/webhooks/stripe',
    secret: true,
  },
  STRIPE_RETURN_URL: {
    group: 'Gateways',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: "Where a customer's bank sends them back to after confirming a live payment; default: PUBLIC_URL",
  },

  WORKFLOW_BUNDLE: {
    group: 'Worker',
    default: null,
    type: text,
    allowed: 'a file made by the build',
    meaning:
      'Prebuilt workflows; default: workflow-bundle.js beside the program, or else workflows/ is bundled at every start',
  },
  MAX_CONCURRENT_WORKFLOW_TASKS: {
    group: 'Worker',
    default: '40',
    ...between(2, 1000),
    meaning: 'Workflow tasks at a time, for each task queue',
  },
  MAX_CONCURRENT_ACTIVITIES: {
    group: 'Worker',
    default: '100',
    ...between(1, 1000),
    meaning: 'Activities at a time, for each task queue',
  },
  MAX_CACHED_WORKFLOWS: {
    group: 'Worker',
    default: '500',
    ...between(0, 100_000),
    meaning: 'Workflows kept in memory between their tasks, for each task queue',
  },
  MAX_CONCURRENT_JOBS: {
    group: 'Worker',
    default: '10',
    ...between(1, 1000),
    meaning: 'Jobs at a time, for each BullMQ queue',
  },

  DRAIN_MS: {
    group: 'Shutdown',
    default: '1500',
    ...milliseconds(MINUTE_MS),
    meaning: 'How long a stopping API still answers and asks its clients to reconnect, before it closes',
  },
  SHUTDOWN_GRACE_MS: {
    group: 'Shutdown',
    default: '10000',
    ...milliseconds(10 * MINUTE_MS),
    meaning: 'How long running activities, jobs and requests may take to finish',
  },
  SHUTDOWN_FORCE_MS: {
    group: 'Shutdown',
    default: '20000',
    ...milliseconds(15 * MINUTE_MS),
    meaning:
      'After this the process ends with exit code 1 whatever still runs; at least 2000 more than SHUTDOWN_GRACE_MS and DRAIN_MS',
  },

  LOG_LEVEL: {
    group: 'Logs and features',
    default: 'info',
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    meaning: 'Least level that is logged',
  },
  LOG_FORMAT: {
    group: 'Logs and features',
    default: 'auto',
    type: z.enum(['auto', 'json', 'pretty']),
    allowed: 'auto, json or pretty',
    meaning: 'auto is pretty on a terminal and JSON elsewhere',
  },
  FEATURES: {
    group: 'Logs and features',
    default: '',
    type: z.string().transform((list, context) => {
      try {
        return parseFlags(list);
      } catch {
        context.addIssue({ code: 'custom' });
        return z.NEVER;
      }
    }),
    allowed: `a comma list of ${flagNames.map((name) => `${name} (${flags[name].on ? 'on' : 'off'})`).join(', ')}; a minus before a name switches it off`,
    meaning: 'Switches of single features',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export const variableNames = Object.keys(variables) as VariableName[];
