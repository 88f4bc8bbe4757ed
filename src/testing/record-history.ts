import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';

const FOLDER = join(__dirname, '../../workflows/histories');

/** With RECORD_HISTORIES=1 keeps a finished run's history for the replay tests; does nothing otherwise. */
export async function recordHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (process.env.RECORD_HISTORIES !== '1') return;
  mkdirSync(FOLDER, { recursive: true });
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  // Who ran it, and in which folder, is nobody's business and plays no part in a replay.
  const text = JSON.stringify(history, (key, value: unknown) => (key === 'identity' ? 'worker' : value), 1);
  writeFileSync(join(FOLDER, `${name}.json`), `${text.replaceAll(`${join(FOLDER, '../..')}/`, '')}\n`);
}
