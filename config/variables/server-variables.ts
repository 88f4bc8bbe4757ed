import { z } from 'zod';
import { sandboxMailSettings } from '../../src/domain/mail-delivery';
import { between, type Variable } from './variable';
import {
  emailAddress,
  hostAndPort,
  mailbox,
  mongodbUri,
  onOff,
  secret,
  text,
  urlOf,
  WEB_URL,
  webUrl,
} from './variable-types';

/** The servers that the program connects to, and its own secrets. */
export const serverVariables = {
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
    meaning: 'Prefix of every key in Redis',
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
    meaning: 'TLS for Temporal; enabled automatically with a key or certificate',
  },
  TEMPORAL_TLS_SERVER_NAME: {
    group: 'Servers',
    default: null,
    type: text,
    allowed: 'a host name',
    meaning: 'Name expected in the certificate of Temporal, if it differs from the host',
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
    type: webUrl,
    allowed: WEB_URL,
    meaning: 'Web interface of Temporal; only displayed',
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
    meaning: 'Signs verification links; a change invalidates all open links',
    secret: true,
  },

  SMTP_URL: {
    group: 'Mail',
    default: 'smtp://127.0.0.1:1025',
    type: urlOf('smtp', 'smtps'),
    allowed: 'an smtp or smtps URL',
    meaning: 'Server that sends our mails',
    secret: true,
  },
  MAIL_FROM: {
    group: 'Mail',
    default: 'Partner Platform <no-reply@partner-platform.test>',
    type: mailbox,
    allowed: 'an address, or a name and <address>',
    meaning: 'Sender of our mails',
  },
  OPERATOR_EMAIL: {
    group: 'Mail',
    default: 'operator@partner-platform.test',
    type: emailAddress,
    allowed: 'an address',
    meaning: 'Recipient of escalations',
  },
  SANDBOX_MAIL: {
    group: 'Mail',
    default: 'withhold',
    type: z.enum(sandboxMailSettings),
    allowed: 'withhold or deliver',
    meaning:
      'deliver sends mails of sandboxes to everybody but the operator, withhold only to reviewers of the partner; ' +
      'all can be read at /sandbox/mails',
  },
  MAIL_LIMIT_PER_PERSON: {
    group: 'Mail',
    default: '20',
    ...between(1, 10_000),
    unit: 'mails/day',
    meaning: 'Mails of a tenant to one person; the day is UTC, and mails above the limit are not sent',
  },
  MAIL_LIMIT_PER_REVIEWER: {
    group: 'Mail',
    default: '500',
    ...between(1, 10_000),
    unit: 'mails/day',
    meaning: 'Mails of a tenant to one reviewer or recipient of reports, or to the operator',
  },
  MAIL_LIMIT_PER_TENANT: {
    group: 'Mail',
    default: '10000',
    ...between(1, 10_000_000),
    unit: 'mails/day',
    meaning: 'Mails of a tenant in all',
  },
} as const satisfies Record<string, Variable>;
