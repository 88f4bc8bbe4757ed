import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityOptions } from '@temporalio/common';
import * as temporalConfig from '../../config/temporal';
import * as onboarding from '../contracts/users/onboarding';
import { operationStates } from '../contracts/operation';
import * as payment from '../contracts/payments/payment';
import * as sandboxClock from '../contracts/sandbox/sandbox-clock';
import * as subscription from '../contracts/subscriptions/subscription';
import { taskQueues } from '../contracts/task-queues';
import { onboardingStates } from '../domain/users/onboarding';
import { paymentStates } from '../domain/payments/payment';
import { invoiceStates } from '../domain/subscriptions/invoice';
import { refundStates } from '../domain/payments/refund';
import { subscriptionStates } from '../domain/subscriptions/subscription';
import { checkoutRoot } from './servers/servers';

export interface InventoryEntry {
  workflow: string;
  about: string;
  taskQueue: string;
  id: string;
  states: readonly string[];
  /** The contract module: its updates, signals and queries are listed. */
  contract: Record<string, unknown>;
  /** Where the workflow's activities are proxied. */
  activities: string;
}

/** Every workflow there is; a test compares the names with workflows/index.ts. */
export const inventory: InventoryEntry[] = [
  {
    workflow: onboarding.USER_ONBOARDING,
    about: 'Takes a person from an e-mail address to an active user.',
    taskQueue: taskQueues.users,
    id: onboarding.userOnboardingId('<onboardingId>'),
    states: onboardingStates,
    contract: onboarding,
    activities: 'workflows/users/activities.ts',
  },
  {
    workflow: payment.PROCESS_PAYMENT,
    about:
      "Takes a payment through checks, authorisation and capture, and settles what is unknown by the gateway's books.",
    taskQueue: taskQueues.payments,
    id: payment.processPaymentId('<paymentId>'),
    states: paymentStates,
    contract: payment,
    activities: 'workflows/payments/activities.ts',
  },
  {
    workflow: payment.REFUND_PAYMENT,
    about:
      'Takes money back that a refund has reserved. Activities and messages as of `processPayment`, without its updates.',
    taskQueue: taskQueues.payments,
    id: payment.refundPaymentId('<refundId>'),
    states: refundStates,
    contract: { getState: payment.getState, gatewayReported: payment.gatewayReported },
    activities: 'workflows/payments/activities.ts',
  },
  {
    workflow: subscription.SUBSCRIPTION,
    about: 'Runs a subscription for years: trial, periods, dunning, changes. Continues as new with nothing lost.',
    taskQueue: taskQueues.subscriptions,
    id: subscription.subscriptionId('<subscriptionId>'),
    states: subscriptionStates,
    contract: subscription,
    activities: 'workflows/subscriptions/activities.ts',
  },
  {
    workflow: subscription.SUBSCRIPTION_PAYMENT,
    about:
      "One attempt at one period's charge: the child of `subscription`, and the parent of its `processPayment`. Never waits on business time. Activities as of `subscription`; states are the invoice's.",
    taskQueue: taskQueues.subscriptions,
    id: subscription.subscriptionPaymentId({
      subscriptionId: '<subscriptionId>',
      periodStart: '<periodStart>',
      attempt: '<attempt>' as never,
    }),
    states: invoiceStates,
    contract: {},
    activities: 'workflows/subscriptions/activities.ts',
  },
  {
    workflow: sandboxClock.ADVANCE_CLOCK,
    about: "Moves a sandbox tenant's clock, and every process of the tenant with it. Lives in real time itself.",
    taskQueue: taskQueues.operations,
    id: sandboxClock.advanceClockId({ tenantId: '<tenantId>', operationId: '<operationId>' }),
    states: operationStates,
    contract: sandboxClock,
    activities: 'workflows/sandbox/advance-clock.ts',
  },
];

interface Definition {
  type: 'update' | 'signal' | 'query';
  name: string;
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' &&
  value !== null &&
  ['update', 'signal', 'query'].includes((value as Definition).type) &&
  'name' in value;

/** docs/workflows.md, from the code. */
export function renderInventory(): string {
  return [
    '# Workflows',
    '',
    'Generated from the code by `npm run generate`; a test compares. Names and ids are on the wire for ever.',
    '',
    `Timeouts: ${Object.entries(temporalConfig.timeouts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    '',
    ...inventory.flatMap(renderEntry),
  ].join('\n');
}

function renderEntry({ workflow, about, taskQueue, id, states, contract, activities }: InventoryEntry): string[] {
  const definitions = Object.values(contract).filter(isDefinition);
  const names = (type: Definition['type']) =>
    definitions
      .filter((definition) => definition.type === type)
      .map(({ name }) => `\`${name}\``)
      .join(', ') || 'none';
  return [
    `## \`${workflow}\``,
    '',
    about,
    '',
    `- Task queue: \`${taskQueue}\``,
    `- Workflow id: \`${id}\``,
    `- States: ${states.map((state) => `\`${state}\``).join(', ')}`,
    `- Updates: ${names('update')}`,
    `- Signals: ${names('signal')}`,
    `- Queries: ${names('query')}`,
    '',
    '| activity | one attempt at most | retries |',
    '|---|---|---|',
    ...proxiedIn(activities).map(
      ({ name, options }) => `| \`${name}\` | ${String(options.startToCloseTimeout)} | ${renderRetries(options)} |`,
    ),
    '',
  ];
}

/** What a file takes from its activity proxies, each with the options it is proxied with. */
function proxiedIn(file: string): { name: string; options: ActivityOptions }[] {
  const text = readFileSync(join(checkoutRoot(__dirname), file), 'utf8');
  const named = temporalConfig as unknown as Record<string, ActivityOptions>;
  return [...text.matchAll(/const \{([^}]*)\}\s*=\s*proxyActivities<Activities>\((\w+)\)/g)].flatMap(
    ([, list, options]) =>
      list!
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
        .map((name) => ({ name, options: named[options!]! })),
  );
}

function renderRetries({ retry, scheduleToCloseTimeout }: ActivityOptions): string {
  const until = retry?.maximumAttempts
    ? `${retry.maximumAttempts} attempts`
    : scheduleToCloseTimeout
      ? `for ${String(scheduleToCloseTimeout)}`
      : 'until it succeeds or says it is final';
  return `${String(retry?.initialInterval)}, ×${retry?.backoffCoefficient}, at most ${String(retry?.maximumInterval)}, ${until}`;
}
