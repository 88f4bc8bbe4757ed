import { z } from 'zod';
import { milliseconds, MINUTE_MS, type Variable } from './variable';
import { secureOrigin, SERVING_PORT, servingPort, text, WEB_URL, webhookSecret, webUrl } from './variable-types';

/** The payment gateways of sandbox and live tenants. */
export const gatewayVariables = {
  GATEWAY_TIMEOUT_MS: {
    group: 'Gateways',
    default: '10000',
    ...milliseconds(MINUTE_MS),
    meaning: 'Timeout of a call to a payment gateway; after it the outcome is unknown and looked up',
  },
  SANDBOX_GATEWAY_URL: {
    group: 'Gateways',
    default: 'http://127.0.0.1:3100',
    type: webUrl,
    allowed: WEB_URL,
    meaning: 'Base URL at which the platform reaches the simulated gateway (--role sandbox) of sandbox tenants',
  },
  SANDBOX_WEBHOOK_SECRET: {
    group: 'Gateways',
    default: null,
    requiredBy: ['sandbox'],
    type: webhookSecret,
    allowed: 'whsec_ and the base64 of 24 to 64 random bytes',
    meaning:
      'Signs the calls to the simulated gateway and its webhooks; the same for every role. Unset, sandbox tenants ' +
      'cannot pay',
    secret: true,
  },
  SANDBOX_WEBHOOK_URL: {
    group: 'Gateways',
    default: null,
    type: webUrl,
    allowed: WEB_URL,
    meaning:
      'URL for the webhooks of the simulated gateway; default: /api/v1/webhooks/sandbox-gateway under PUBLIC_URL',
  },
  SANDBOX_PORT: {
    group: 'Gateways',
    default: '3100',
    type: servingPort,
    allowed: SERVING_PORT,
    meaning: 'Port of the simulated gateway for the platform, which signs every call; keep it private',
  },
  SANDBOX_PAGES_PORT: {
    group: 'Gateways',
    default: '3101',
    type: servingPort,
    allowed: SERVING_PORT,
    meaning: "Port of the simulated gateway for customers' browsers, who confirm payments there (pm_requires_action)",
  },
  SANDBOX_PUBLIC_URL: {
    group: 'Gateways',
    default: null,
    type: webUrl,
    allowed: WEB_URL,
    meaning: "Base URL of SANDBOX_PAGES_PORT for customers' browsers; default: that port on this machine",
  },
  SANDBOX_DATA_DIR: {
    group: 'Gateways',
    default: '.platform/sandbox',
    type: text,
    allowed: 'a folder',
    meaning: 'Folder in which the simulated gateway keeps its ledger',
  },
  LIVE_GATEWAY: {
    group: 'Gateways',
    default: 'none',
    type: z.enum(['none', 'stripe']),
    allowed: 'none or stripe',
    meaning: 'Gateway of live tenants; with none their payments are refused',
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
    meaning: 'Verifies the webhooks that Stripe sends to /api/v1/webhooks/stripe',
    secret: true,
  },
  STRIPE_API_BASE: {
    group: 'Gateways',
    default: null,
    type: secureOrigin,
    allowed: 'an https URL without a path; http on a loopback address',
    meaning: "Base URL of Stripe's API; default: Stripe's own address. For a test server such as stripe-mock",
  },
  STRIPE_RETURN_URL: {
    group: 'Gateways',
    default: null,
    type: webUrl,
    allowed: WEB_URL,
    meaning: 'URL to which the bank returns a customer who confirmed a live payment; default: PUBLIC_URL',
  },
} as const satisfies Record<string, Variable>;
