import { homedir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from '../embedded/file-lock.ts';
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
  const taken = tryLock(file);
  if ('heldBy' in taken)
    throw new Refused(
      `another release runs (process ${taken.heldBy.pid}); wait for it, or remove ${file} if it is none`,
    );
  process.once('exit', taken.release);
}
