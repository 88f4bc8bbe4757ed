import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { isBinary, readWorkerFile, readWorkerFileHashes, workerFileNames, type WorkerFileName } from '../../assets';
import { buildId } from '../../build-id';
import { addonFaultOf, cacheFaultOf } from './cache-fault';
import { openCacheFolder } from './cache-folder';
import { fillFolder } from './fill-folder';

/** The folder of this version, from the moment when its files are there. */
let opened: { folder: string; addon: unknown } | null = null;

export interface OpenWorkerFilesInput {
  /** APP_CACHE_DIR; by default a folder of this user below the system's folder for temporary files. */
  cacheDir: string | undefined;
}

/** Returns the folder that holds the files of every version. */
export function cacheFolderOf({ cacheDir }: OpenWorkerFilesInput): string {
  return path.resolve(cacheDir ?? path.join(os.tmpdir(), `partner-platform-${process.geteuid?.() ?? 0}`));
}

/**
 * Puts the files that a worker can only use from a disk into a folder of this version, where the program is a single
 * executable; otherwise does nothing. They are used, and so kept, until this process ends. To be called before anything
 * loads `@temporalio/worker`.
 *
 * @throws CacheFault
 */
export async function openWorkerFiles(input: OpenWorkerFilesInput): Promise<void> {
  if (!isBinary || opened !== null) return;
  const cacheFolder = cacheFolderOf(input);
  const folder = path.join(cacheFolder, versionName());
  try {
    openCacheFolder(cacheFolder);
    const hashes = readWorkerFileHashes();
    const files = workerFileNames.map((name) => ({ name, sha256: hashes[name], read: () => readWorkerFile(name) }));
    await fillFolder({ cacheFolder, folder, files });
  } catch (error) {
    throw cacheFaultOf({ error, folder: cacheFolder, needBytes: neededBytes() });
  }
  opened = { folder, addon: loadAddon(folder, cacheFolder) };
}

/** Returns the name of this version's folder: the build id, and a hash of the very files, source maps included. */
function versionName(): string {
  const hash = createHash('sha256').update(Object.values(readWorkerFileHashes()).join()).digest('hex');
  return `${buildId}-${hash.slice(0, 8)}`;
}

function loadAddon(folder: string, cacheFolder: string): unknown {
  const file = path.join(folder, 'index.node');
  try {
    return createRequire(file)(file);
  } catch (error) {
    throw addonFaultOf({ error, folder: cacheFolder });
  }
}

const neededBytes = (): number => workerFileNames.reduce((sum, name) => sum + readWorkerFile(name).byteLength, 0);

/** Returns the path of a worker's file on the disk. @throws before `openWorkerFiles` */
export function workerFilePath(name: WorkerFileName): string {
  return path.join(openedOrThrow().folder, name);
}

/** Returns the exports of the Temporal SDK's native addon. @throws before `openWorkerFiles` */
export const nativeAddon = (): unknown => openedOrThrow().addon;

function openedOrThrow(): NonNullable<typeof opened> {
  if (opened === null) throw new Error('openWorkerFiles has to come before @temporalio/worker');
  return opened;
}
