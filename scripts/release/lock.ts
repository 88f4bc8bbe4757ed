import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Refused } from './stage.ts';

/** In PM2's own folder: another user, or another PM2_HOME, has other processes. */
export const lockFile = (): string => join(process.env.PM2_HOME || join(homedir(), '.pm2'), 'release.lock');

/**
 * Keeps other releases away until this process ends: each would take the other's new processes for its own. What a
 * killed release left is taken over.
 *
 * @throws Refused while another release runs
 */
export function holdLock(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (!take(file)) {
    refuseWhileHeld(file, file);
    removeStale(file);
    if (!take(file)) throw new Refused('another release has just begun; wait for it');
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

/** Writes the lock beside its place first, so that nobody reads a lock without a holder. */
function take(file: string): boolean {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a lock whose holder has ended, unless another release has taken it over in this moment. */
function removeStale(file: string): void {
  const moved = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    refuseWhileHeld(moved, file);
  } catch (error) {
    linkSync(moved, file);
    throw error;
  } finally {
    rmSync(moved);
  }
}

function refuseWhileHeld(found: string, file: string): void {
  const holder = Number(readFileSync(found, 'utf8'));
  if (isRunning(holder))
    throw new Refused(`another release runs (process ${holder}); wait for it, or remove ${file} if it is none`);
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
