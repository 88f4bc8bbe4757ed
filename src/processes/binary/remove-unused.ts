import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { draftWriter } from './cache-file';
import { readUsers } from './cache-users';

/** A folder of a version, or one that was being removed. */
const VERSION = /^([0-9a-f]{16}-[0-9a-f]{8})(\.removed-.+)?$/;

/**
 * Removes the folders of other versions that no running process uses. What cannot be removed stays for the next start.
 *
 * A process may begin to use a folder at any moment. So a folder is first moved out of the way and looked at again: it
 * goes back when somebody has begun to use it, and who begins later finds no folder and makes a new one.
 */
export async function removeUnusedVersions({
  cacheFolder,
  keep,
  remover,
}: {
  cacheFolder: string;
  keep: string;
  /** Part of the moved folder's name; unique. */
  remover: string;
}): Promise<void> {
  for (const entry of readdirSync(cacheFolder)) {
    const version = VERSION.exec(entry)?.[1];
    if (version === undefined || entry === keep) continue;
    const moved = path.join(cacheFolder, `${version}.removed-${remover}`);
    await removeUnlessUsed(path.join(cacheFolder, entry), moved).catch(() => undefined);
  }
}

async function removeUnlessUsed(folder: string, moved: string): Promise<void> {
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.() || (await isUsed(folder))) return;
  renameSync(folder, moved);
  if (await isUsed(moved)) renameSync(moved, folder);
  else rmSync(moved, { recursive: true, force: true });
}

const isUsed = async (folder: string): Promise<boolean> => (await readUsers(folder)).running.length > 0;

/** Removes from a version's folder what killed processes left there: their marks and their drafts. */
export async function removeLeftovers(folder: string): Promise<void> {
  // Before the marks: the mark of a writer is there before its draft, so whoever starts meanwhile loses none.
  const drafts = readdirSync(folder).filter((entry) => draftWriter(entry) !== null);
  const { marks, running } = await readUsers(folder);
  const gone = (writer: string | null): boolean => writer !== null && !running.includes(writer);
  const leftovers = [
    ...marks.filter((mark) => gone(mark.replace(/\.user$/, ''))),
    ...drafts.filter((draft) => gone(draftWriter(draft))),
  ];
  for (const entry of leftovers) rmSync(path.join(folder, entry), { force: true });
}
