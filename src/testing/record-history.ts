import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';

const ROOT = join(__dirname, '../..');

/** The domain that keeps a history, by the first word of the history's name. */
const DOMAINS: Record<string, string> = { onboarding: 'users', payment: 'payments', subscription: 'subscriptions' };

const folderOf = (name: string): string => join(ROOT, 'workflows', DOMAINS[name.split('-')[0]!]!, 'histories');

/**
 * Writes the history of a finished run for the replay tests, by default to the folder of its domain. Does nothing
 * without RECORD_HISTORIES=1.
 */
export async function recordHistory(name: string, handle: WorkflowHandle, folder = folderOf(name)): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return;
  mkdirSync(folder, { recursive: true });
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  // The worker's identity and the local folder are private and irrelevant to a replay.
  const text = JSON.stringify(history, (key, value: unknown) => (key === 'identity' ? 'worker' : value), 1);
  writeFileSync(join(folder, `${name}.json`), `${text.replaceAll(`${ROOT}/`, '')}\n`);
}
