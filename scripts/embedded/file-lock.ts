import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRunning, readProcessRecord, recordProcess, type ProcessRecord } from './process-identity.ts';

export interface FileLock {
  release: () => void;
}

/**
 * Takes a lock that this process holds at most until its end: the file names the holder, and a dead holder is ignored.
 * So is a damaged file, because a lock appears with its whole content.
 * Returns the holder when another process has the lock.
 */
export function tryLock(file: string): FileLock | { heldBy: ProcessRecord } {
  mkdirSync(dirname(file), { recursive: true });
  const mine = recordProcess(process.pid);
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    for (;;) {
      if (linked(draft, file)) return { release: () => rmSync(file, { force: true }) };
      const holder = readProcessRecord(file);
      if (holder !== null && isRunning(holder)) return { heldBy: holder };
      removeStale(file, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Waits for the lock. Calls `onWait` once with the holder. */
export async function lock(file: string, onWait: (holder: ProcessRecord) => void): Promise<FileLock> {
  for (let reported = false; ;) {
    const outcome = tryLock(file);
    if ('release' in outcome) return outcome;
    if (!reported) onWait(outcome.heldBy);
    reported = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Links the draft to the name. link(2) fails when the name exists, so one of two racing processes wins with a whole
 * file.
 */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the dead holder's file aside and checks it: a lock that another process has just taken is restored. */
function removeStale(file: string, expected: ProcessRecord | null): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readProcessRecord(aside);
  // Processes that start together may have the same identity.
  const isExpected = moved?.pid === expected?.pid && moved?.identity === expected?.identity;
  if (moved !== null && !isExpected) linked(aside, file);
  rmSync(aside, { force: true });
}
