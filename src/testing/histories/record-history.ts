import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import { entityTypesByDomain } from '../../contracts/entity-types';

const ROOT = join(__dirname, '../../..');

/** Returns the folder of the domain whose kind of entity is the first word of the history's name. */
function folderOf(name: string): string {
  const [entityType] = name.split('-');
  const domain = Object.entries(entityTypesByDomain).find(([, types]) => types.some((type) => type === entityType));
  if (!domain) throw new Error(`The name of history ${name} does not begin with a kind of entity`);
  return join(ROOT, 'workflows', domain[0], 'histories');
}

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
