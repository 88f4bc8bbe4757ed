import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, readProcessRecord, type ProcessRecord } from './process-identity.ts';

const GONE_WITHIN_MS = 10_000;

/**
 * Ends every process that a crashed run recorded under `<folder>/processes` and that is still the same process. Only
 * the holder of the folder's lock may call this, so that nobody uses the processes. Returns the names of the ended
 * processes.
 */
export async function endLeftovers(folder: string): Promise<string[]> {
  const files = recordFiles(join(folder, 'processes'));
  const ended = await Promise.all(files.map(async (file) => ((await endRecordedProcess(file)) ? file : null)));
  return ended.filter((file) => file !== null).map((file) => file.replace(/^.*\//, '').replace(/\.json$/, ''));
}

/** Ends the process group that a file records, if it is still ours, and removes the file. Returns true if it ran. */
export async function endRecordedProcess(file: string): Promise<boolean> {
  const record = readProcessRecord(file);
  const running = record !== null && isRunning(record);
  if (running) await endGroup(record);
  rmSync(file, { force: true });
  return running;
}

async function endGroup(record: ProcessRecord): Promise<void> {
  // By force: the process that could stop it in order is gone, and every server here survives a kill -9.
  process.kill(-record.pid, 'SIGKILL');
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (isRunning(record)) {
    if (performance.now() > deadline)
      throw new Error(`Process ${record.pid} of an earlier run cannot be ended; end it and start again`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function recordFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
