import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILE_MODE = 0o600;
const CHUNK_BYTES = 2 ** 20;
// Neither follows a link nor waits for the writer of a pipe.
const OPEN_AS_IT_IS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const DRAFT = '.draft-';

export interface CacheFile {
  folder: string;
  name: string;
  /** Hexadecimal digits. */
  sha256: string;
  read: () => Uint8Array;
}

/**
 * Writes the file unless it is there as it was written: the same bytes, this user's, closed to others. Written beside
 * and renamed, so that a process that ends in between, or one that starts meanwhile, leaves and reads whole files only.
 * `writer` is in the draft's name: it ends with its writer.
 *
 * @throws errors of the file system
 */
export function ensureCacheFile({ folder, name, sha256, read }: CacheFile, writer: string): void {
  const file = path.join(folder, name);
  if (isIntact(file, sha256)) return;
  const draft = path.join(folder, `${name}${DRAFT}${writer}`);
  try {
    writeFileSync(draft, read(), { mode: FILE_MODE, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    // On a full disk half a file would take the place that others need.
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Returns the writer of a draft; null for other files. */
export function draftWriter(entry: string): string | null {
  const at = entry.indexOf(DRAFT);
  return at === -1 ? null : entry.slice(at + DRAFT.length);
}

function isIntact(file: string, sha256: string): boolean {
  const descriptor = openIfThere(file);
  if (descriptor === null) return false;
  try {
    const { uid, mode, nlink } = fstatSync(descriptor);
    const regular = (mode & constants.S_IFMT) === constants.S_IFREG;
    const ours = uid === process.geteuid?.() && nlink === 1 && (mode & 0o7777) === FILE_MODE;
    return regular && ours && hashOf(descriptor) === sha256;
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, OPEN_AS_IT_IS);
  } catch (error) {
    // Missing, a link, a socket, or closed to its own user: all are replaced.
    if (['ENOENT', 'ELOOP', 'ENXIO', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function hashOf(descriptor: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let length = readSync(descriptor, chunk); length > 0; length = readSync(descriptor, chunk))
    hash.update(chunk.subarray(0, length));
  return hash.digest('hex');
}
