import path from 'node:path';
import { ensureCacheFile, type CacheFile } from './cache-file';
import { openVersionFolder } from './cache-folder';
import { useFolder, type CacheUser } from './cache-users';
import { removeLeftovers, removeUnusedVersions } from './remove-unused';

/** Each removal at the same moment takes the start of another version, so a few attempts are many. */
const ATTEMPTS = 20;

export interface FillFolderInput {
  /** Holds the folders of all versions. */
  cacheFolder: string;
  /** The folder of this version. */
  folder: string;
  files: readonly Omit<CacheFile, 'folder'>[];
}

/**
 * Makes the folder, marks it as used until this process ends, and writes the files that are not there as they should
 * be; removes other versions that nobody uses. Begins again when another version removes the folder meanwhile.
 *
 * @throws CacheFault, and errors of the file system
 */
export async function fillFolder({ cacheFolder, folder, files }: FillFolderInput): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const user = await ifStillThere({ work: () => enterFolder(folder), isLast: attempt >= ATTEMPTS });
    if (user === null) continue;
    const filled = await ifStillThere({
      work: async () => {
        await removeUnusedVersions({ cacheFolder, keep: path.basename(folder), remover: user.name });
        await removeLeftovers(folder);
        for (const file of files) ensureCacheFile({ ...file, folder }, user.name);
        return true;
      },
      isLast: attempt >= ATTEMPTS,
    });
    if (filled && user.isInPlace()) return;
    user.leave();
  }
}

/** Makes the folder and marks it as used. */
function enterFolder(folder: string): Promise<CacheUser> {
  openVersionFolder(folder);
  return useFolder(folder);
}

/** Resolves to null where a folder or a file was gone meanwhile. */
async function ifStillThere<T>({ work, isLast }: { work: () => Promise<T>; isLast: boolean }): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !isLast) return null;
    throw error;
  }
}
