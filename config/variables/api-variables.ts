import { between, type Variable } from './variable';
import { SERVING_PORT, servingPort, text, WEB_URL, webUrl } from './variable-types';

/** The REST API, and the port for probes and metrics of every process. */
export const apiVariables = {
  PORT: {
    group: 'API',
    default: '3000',
    type: servingPort,
    allowed: SERVING_PORT,
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
    type: webUrl,
    allowed: WEB_URL,
    meaning: 'Base URL for people and partner apps; links in mails begin with it',
  },
  RATE_LIMIT_PER_MINUTE: {
    group: 'API',
    default: '600',
    ...between(1, 1_000_000),
    unit: 'requests/min',
    meaning: 'Requests a tenant may send in a minute',
  },
  SEARCHES_PER_MINUTE: {
    group: 'API',
    default: '120',
    ...between(1, 1_000_000),
    unit: 'requests/min',
    meaning:
      'Requests with a key that may stand in a web page (scope search alone) that an address may send in a minute',
  },
  FAILED_LOGINS_PER_MINUTE: {
    group: 'API',
    default: '60',
    ...between(1, 1_000_000),
    unit: 'requests/min',
    meaning: 'Requests with an unknown key, or webhooks with a wrong signature, that an address may send in a minute',
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
    meaning: 'Number of proxies before the API; their X-Forwarded-For is trusted, which the limits by address need',
  },

  ADMIN_PORT: {
    group: 'Administration',
    default: '9464',
    defaultByRole: { worker: '9474', sandbox: '9484' },
    type: servingPort,
    allowed: SERVING_PORT,
    meaning:
      'Port of /livez, /readyz and /metrics; the number of the instance is added (PM2, --cluster), and the primary ' +
      'of --cluster N has the port after the last',
  },
  ADMIN_HOST: {
    group: 'Administration',
    default: '127.0.0.1',
    type: text,
    allowed: 'an address of this machine',
    meaning: 'Address the admin port listens on; it has no authentication, so keep it private',
  },
} as const satisfies Record<string, Variable>;
