import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';

const ROOT = join(__dirname, '../..');

/** The domain whose folder keeps a history, by the first word of its name. */
const DOMAINS: Record<string, string> = { onboarding: 'users', payment: 'payments', subscription: 'subscriptions' };

const folderOf = (name: string): string => join(ROOT, 'workflows', DOMAINS[name.split('-')[0]!]!, 'histories');

/**
 * With RECORD_HISTORIES=1 keeps a finished run's history for the replay tests, by default in its domain's folder; does
 * nothing otherwise.
 */
export async function recordHistory(name: string, handle: WorkflowHandle, folder = folderOf(name)): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return;
  mkdirSync(folder, { recursive: true });
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  // Who ran it, and in which folder, is nobody's business and plays no part in a replay.
  const text = JSON.stringify(history, (key, value: unknown) => (key === 'identity' ? 'worker' : value), 1);
  writeFileSync(join(folder, `${name}.json`), `${text.replaceAll(`${ROOT}/`, '')}\n`);
}
