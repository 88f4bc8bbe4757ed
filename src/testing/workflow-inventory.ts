import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityOptions } from '@temporalio/common';
import * as temporalConfig from '../../config/temporal';
import * as expirationContract from '../contracts/listings/expiration';
import { LISTING_EXPIRATION, listingExpirationId } from '../contracts/listings/expiration';
import { listingReviewProcess } from '../contracts/listings/process';
import { operationStates } from '../contracts/operation';
import { processes } from '../contracts/processes';
import { DAILY_REPORT } from '../contracts/reports/daily-report';
import { REPORT_SCHEDULES } from '../contracts/reports/report-schedules';
import { SUBSCRIPTION_PAYMENT, subscriptionPaymentId } from '../contracts/subscriptions/subscription';
import { taskQueues } from '../contracts/task-queues';
import { invoiceStates } from '../domain/subscriptions/invoice';
import { checkoutRoot } from './servers/servers';

export interface InventoryEntry {
  workflow: string;
  about: string;
  taskQueue: string;
  id: string;
  states: readonly string[];
  /** The contract module, whose updates, signals and queries are listed. */
  contract: Readonly<Record<string, unknown>>;
}

/** Workflows without a descriptor (children, second names, sweeps), listed after one of their domain. */
const children: Record<string, InventoryEntry[]> = {
  listingApproval: [
    {
      workflow: 'listingApprovalWorkflow',
      about: '`listingApproval` under a second name, for whoever starts it by hand.',
      taskQueue: taskQueues.listings,
      id: listingReviewProcess.workflowId({ _id: '<listing_reviewId>', tenantId: '<tenantId>' }),
      states: listingReviewProcess.states,
      contract: listingReviewProcess.contract,
    },
    {
      workflow: LISTING_EXPIRATION,
      about:
        'Moves the listings whose time has passed to `expired`, each at its own end, and sends the reminders and the ' +
        'notices of the end, page by page. The schedule `listing-expiration` starts it every 5 minutes, and ' +
        '`POST /listings/expirations` on demand. Started by hand it fails with `SWEEP_NOT_ORDERED` and changes ' +
        "nothing. Follows real time: the advance of a sandbox's clock sweeps by itself.",
      taskQueue: taskQueues.listings,
      id: listingExpirationId('<operationId>'),
      states: operationStates,
      contract: expirationContract,
    },
    {
      workflow: 'listingExpirationWorkflow',
      about: '`listingExpiration` under a second name, which fails in the same way when started by hand.',
      taskQueue: taskQueues.listings,
      id: listingExpirationId('<operationId>'),
      states: operationStates,
      contract: expirationContract,
    },
  ],
  analyticsReport: [
    {
      workflow: REPORT_SCHEDULES,
      about:
        "Accepts the reports of the partners' schedules that are due, page by page. The schedule `report-schedules` " +
        'starts it every 5 minutes. `POST /report-schedules/{scheduleId}/backfill` starts it for the missing reports ' +
        'of one schedule, under the id of the operation. Started by hand it fails with `SWEEP_NOT_ORDERED` and ' +
        'changes nothing. Follows ' +
        "real time: the advance of a sandbox's clock accepts by itself what fell due.",
      taskQueue: taskQueues.reports,
      id: `${REPORT_SCHEDULES}/schedule-<time>`,
      states: [],
      contract: {},
    },
    {
      workflow: DAILY_REPORT,
      about:
        'Accepts the `summary` of a day, by default of yesterday, and returns the reportId. Input: ' +
        "`{ tenantId, date? }`. For whoever starts it with Temporal's own client: the platform never does.",
      taskQueue: taskQueues.reports,
      id: 'any',
      states: [],
      contract: {},
    },
    {
      workflow: 'dailyReportWorkflow',
      about: '`dailyReport` under a second name.',
      taskQueue: taskQueues.reports,
      id: 'any',
      states: [],
      contract: {},
    },
  ],
  subscription: [
    {
      workflow: SUBSCRIPTION_PAYMENT,
      about:
        'One attempt to charge one period: the child of `subscription`, and the parent of its `processPayment`. ' +
        "Never waits on business time. Has the activities of `subscription`; the states are the invoice's.",
      taskQueue: taskQueues.subscriptions,
      id: subscriptionPaymentId({
        subscriptionId: '<subscriptionId>',
        periodStart: '<periodStart>',
        attempt: '<attempt>' as never,
      }),
      states: invoiceStates,
      contract: {},
    },
  ],
};

/** Every workflow; a test compares the names with workflows/index.ts. */
export const inventory: InventoryEntry[] = processes.flatMap((process) => {
  const { about, contract, entityType, states, taskQueue, workflowType: workflow } = process;
  const id = process.workflowId({ _id: `<${entityType}Id>`, tenantId: '<tenantId>' });
  return [{ workflow, about, taskQueue, id, states, contract }, ...(children[workflow] ?? [])];
});

interface Definition {
  type: 'update' | 'signal' | 'query';
  name: string;
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' &&
  value !== null &&
  ['update', 'signal', 'query'].includes((value as Definition).type) &&
  'name' in value;

/** Returns the content of docs/workflows.md. */
export function renderInventory(): string {
  return [
    '# Workflows',
    '',
    'Generated from the code by `npm run generate`; a test compares. Names and ids never change.',
    '',
    `Timeouts: ${Object.entries(temporalConfig.timeouts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}.`,
    '',
    ...inventory.flatMap(renderEntry),
  ].join('\n');
}

function renderEntry({ workflow, about, taskQueue, id, states, contract }: InventoryEntry): string[] {
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
    `- States: ${states.map((state) => `\`${state}\``).join(', ') || 'none'}`,
    `- Updates: ${names('update')}`,
    `- Signals: ${names('signal')}`,
    `- Queries: ${names('query')}`,
    '',
    '| activity | one attempt at most | retries |',
    '|---|---|---|',
    ...proxiedIn(activitiesFileOf(workflow)).map(
      ({ name, options }) => `| \`${name}\` | ${String(options.startToCloseTimeout)} | ${renderRetries(options)} |`,
    ),
    '',
  ];
}

/** Returns where a workflow's activities are proxied: in its own file, or beside it in its domain's folder. */
function activitiesFileOf(workflow: string): string {
  const folder = join(checkoutRoot(__dirname), 'workflows');
  for (const domain of readdirSync(folder)) {
    const index = join(folder, domain, 'index.ts');
    const exported = existsSync(index) ? readFileSync(index, 'utf8') : '';
    const file = new RegExp(`\\b${workflow}\\b[^}]*\\} from '\\./(.+)'`).exec(exported)?.[1];
    if (file === undefined) continue;
    const own = `workflows/${domain}/${file}.ts`;
    return proxiedIn(own).length > 0 ? own : join('workflows', domain, 'activities.ts');
  }
  throw new Error(`No index.ts in workflows/ exports ${workflow}`);
}

/** Returns the activities that a file proxies, each with its options. */
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
      : 'until it succeeds or fails for good';
  const { initialInterval, backoffCoefficient, maximumInterval } = retry ?? {};
  return `${String(initialInterval)}, ×${backoffCoefficient}, at most ${String(maximumInterval)}, ${until}`;
}
