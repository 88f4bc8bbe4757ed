import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, link, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Puts a program in place by rename, so that no process ever starts half of it. The previous one stays beside it as
 * `<target>.previous`, also when the same program is put in place again. Returns its restoration, which resolves to
 * false where there was no other program.
 */
export async function installProgram({
  file,
  target,
}: {
  file: string;
  target: string;
}): Promise<() => Promise<boolean>> {
  // Released again after it was refused for one app, the candidate is no previous program.
  if (await isSame(file, target)) return async () => false;
  const draft = `${target}.draft`;
  const previous = `${target}.previous`;
  // A release that was ended while it restored has left the previous program itself under this name.
  await rm(draft, { force: true });
  await copyFile(file, draft);
  await chmod(draft, 0o755);
  await rm(previous, { force: true });
  const hasPrevious = await link(target, previous).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return false;
    },
  );
  await rename(draft, target);
  return async () => {
    if (!hasPrevious) return false;
    await rm(draft, { force: true });
    await link(previous, draft);
    await rename(draft, target);
    return true;
  };
}

async function isSame(file: string, target: string): Promise<boolean> {
  const [size, targetSize] = await Promise.all([file, target].map(sizeOf));
  if (size !== targetSize) return false;
  const [hash, targetHash] = await Promise.all([file, target].map(hashOf));
  return hash === targetHash;
}

const sizeOf = (file: string): Promise<number | null> =>
  stat(file).then(
    ({ size }) => size,
    () => null,
  );

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
