import { z } from 'zod';
import { milliseconds, MINUTE_MS, type Variable } from './variable';
import { port, secureOrigin, text, urlOf, webhookSecret } from './variable-types';

/** The payment gateways of sandbox and live tenants. */
export const gatewayVariables = {
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
      'Signs the webhooks of the simulated gateway; unset, the API takes none and look-ups settle sandbox payments',
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
  STRIPE_API_BASE: {
    group: 'Gateways',
    default: null,
    type: secureOrigin,
    allowed: 'an https URL without a path; http on a loopback address',
    meaning: "Where Stripe's API is; default: Stripe's own address. A test server such as stripe-mock, for instance",
  },
  STRIPE_RETURN_URL: {
    group: 'Gateways',
    default: null,
    type: urlOf('http', 'https'),
    allowed: 'an http or https URL',
    meaning: "Where a customer's bank sends them back to after confirming a live payment; default: PUBLIC_URL",
  },
} as const satisfies Record<string, Variable>;
