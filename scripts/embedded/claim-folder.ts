import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from './file-lock.ts';
import { endLeftovers } from './leftovers.ts';

/** Another living process owns the folder. */
export class FolderInUse extends Error {
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}`);
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

export interface ClaimedFolder {
  /** The names of the ended processes that a crashed owner had left running. */
  leftovers: string[];
  release: () => void;
}

/**
 * Makes this process the only owner of a folder of servers, and ends the processes that a crashed owner left running.
 * @throws FolderInUse
 */
export async function claimFolder(folder: string): Promise<ClaimedFolder> {
  mkdirSync(folder, { recursive: true });
  // It contains secrets and the data of every server.
  chmodSync(folder, 0o700);
  const held = tryLock(join(folder, 'owner.json'));
  if ('heldBy' in held) throw new FolderInUse(folder, held.heldBy.pid);
  try {
    return { leftovers: await endLeftovers(folder), release: held.release };
  } catch (error) {
    held.release();
    throw error;
  }
}
