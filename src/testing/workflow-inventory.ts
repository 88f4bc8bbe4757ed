import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityOptions } from '@temporalio/common';
import { onboardingActivityOptions, timeouts } from '../../config/temporal';
import * as onboarding from '../contracts/onboarding';
import { taskQueues } from '../contracts/task-queues';
import { onboardingStates } from '../domain/onboarding';
import { checkoutRoot } from './servers';

export interface InventoryEntry {
  workflow: string;
  about: string;
  taskQueue: string;
  id: string;
  states: readonly string[];
  /** The contract module: its updates, signals and queries are listed. */
  contract: Record<string, unknown>;
  /** Where the workflow's activities are proxied, and with which options. */
  activities: { file: string; options: ActivityOptions }[];
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
    activities: [{ file: 'workflows/onboarding/activities.ts', options: onboardingActivityOptions }],
  },
];

interface Definition {
  type: 'update' | 'signal' | 'query';
  name: string;
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' && value !== null && ['update', 'signal', 'query'].includes((value as Definition).type) && 'name' in value;

/** docs/workflows.md, from the code. */
export function renderInventory(): string {
  return [
    '# Workflows',
    '',
    'Generated from the code by `npm run generate`; a test compares. Names and ids are on the wire for ever.',
    '',
    `Timeouts: ${Object.entries(timeouts).map(([name, value]) => `${name} ${value}`).join(', ')}.`,
    '',
    ...inventory.flatMap(renderEntry),
  ].join('\n');
}

function renderEntry({ workflow, about, taskQueue, id, states, contract, activities }: InventoryEntry): string[] {
  const definitions = Object.values(contract).filter(isDefinition);
  const names = (type: Definition['type']) => definitions.filter((definition) => definition.type === type).map(({ name }) => `\`${name}\``).join(', ') || 'none';
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
    ...activities.flatMap(({ file, options }) => proxiedIn(file).map((name) => `| \`${name}\` | ${String(options.startToCloseTimeout)} | ${renderRetries(options)} |`)),
    '',
  ];
}

/** The names a file takes from its activity proxies. */
function proxiedIn(file: string): string[] {
  const text = readFileSync(join(checkoutRoot(__dirname), file), 'utf8');
  return [...text.matchAll(/const \{([^}]*)\}\s*=\s*proxyActivities/g)].flatMap(([, list]) => list!.split(',').map((name) => name.trim()).filter(Boolean));
}

function renderRetries({ retry, scheduleToCloseTimeout }: ActivityOptions): string {
  const until = retry?.maximumAttempts ? `${retry.maximumAttempts} attempts` : scheduleToCloseTimeout ? `for ${String(scheduleToCloseTimeout)}` : 'until it succeeds or says it is final';
  return `${String(retry?.initialInterval)}, ×${retry?.backoffCoefficient}, at most ${String(retry?.maximumInterval)}, ${until}`;
}
