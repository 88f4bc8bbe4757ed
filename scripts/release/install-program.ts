import { chmod, copyFile, link, rename, rm } from 'node:fs/promises';

/**
 * Puts a program in place by rename, so that no process ever starts half of it. The previous one stays beside it as
 * `<target>.previous`. Returns its restoration.
 */
export async function installProgram({ file, target }: { file: string; target: string }): Promise<() => Promise<void>> {
  const draft = `${target}.draft`;
  const previous = `${target}.previous`;
  // A release that was ended while it restored has left the previous program itself under this name.
  await rm(draft, { force: true });
  await copyFile(file, draft);
  await chmod(draft, 0o755);
  await rm(previous, { force: true });
  await link(target, previous).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(draft, target);
  return async () => {
    await link(previous, draft);
    await rename(draft, target);
  };
}
