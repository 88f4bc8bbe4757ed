import { chmodSync, lstatSync, mkdirSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { CacheFault } from './cache-fault';

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;
const ROOT = 0;
const FOLDER_MODE = 0o700;

const ownUser = (): number => process.geteuid?.() ?? 0;

/**
 * Makes the folder of all versions unless it is there, and makes sure that nobody else can replace what this user puts
 * there: it belongs to this user, or to the system and is open to all as /tmp is.
 *
 * @throws CacheFault, and errors of the file system
 */
export function openCacheFolder(folder: string): void {
  makeFolder(folder);
  if (lstatSync(folder).isSymbolicLink()) refuseForeign(folder, lstatSync(folder));
  const stats = statSync(folder);
  if (!stats.isDirectory()) throw new CacheFault(`${folder} is not a folder`);
  refuseForeign(folder, stats);
  if ((stats.mode & OTHERS_MAY_WRITE) !== 0 && (stats.mode & STICKY) === 0)
    throw new CacheFault(
      `others may write to ${folder}`,
      `run chmod 700 ${folder}, or set APP_CACHE_DIR to another folder`,
    );
}

/**
 * Makes the folder of one version unless it is there, open to this user alone.
 *
 * @throws CacheFault where it belongs to somebody else, and errors of the file system
 */
export function openVersionFolder(folder: string): void {
  makeFolder(folder);
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw new CacheFault(`${folder} is not a folder`);
  if (stats.uid !== ownUser()) throw new CacheFault(`${folder} belongs to user ${stats.uid}, not to ${ownUser()}`);
  if ((stats.mode & 0o777) !== FOLDER_MODE) chmodSync(folder, FOLDER_MODE);
}

/** `mkdir` with `recursive` reports a read-only file system as a missing folder. */
function makeFolder(folder: string): void {
  try {
    makeLast(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    makeFolder(path.dirname(folder));
    makeLast(folder);
  }
}

/** Makes a folder in one that is there; /proc and its like answer ENOENT also then. */
function makeLast(folder: string): void {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function refuseForeign(folder: string, { uid }: Stats): void {
  if (uid !== ownUser() && uid !== ROOT) throw new CacheFault(`${folder} belongs to user ${uid}, not to ${ownUser()}`);
}
