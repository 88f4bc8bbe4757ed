import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    const holder = Number(readFileSync(file, 'utf8'));
    if (isRunning(holder))
      throw new Refused(`another release runs (process ${holder}); wait for it, or remove ${file} if it is none`);
    rmSync(file, { force: true });
    if (!take(file)) throw new Refused('another release has just begun; wait for it');
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
