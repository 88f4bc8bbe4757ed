import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const dist = join(root, 'dist');
export const inRoot = (...parts) => join(root, ...parts);

/** What every target is made with. */
const COMMON_INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.swcrc',
  'scripts/build.mjs',
  'scripts/build',
];

/**
 * Builds the target unless its files are there and its inputs have the same contents as when they were built. The
 * first of `files` names the target; all are paths below dist/.
 */
export async function bringUpToDate({ files, inputs, build }) {
  const begun = performance.now();
  const [name] = files;
  const stampFile = join(dist, `.${name}.stamp`);
  const stamp = contentStamp([...inputs, ...COMMON_INPUTS]);
  const there = [stampFile, ...files.map((file) => join(dist, file))].every((file) => existsSync(file));
  const upToDate = there && readFileSync(stampFile, 'utf8') === stamp;
  if (!upToDate) {
    mkdirSync(dist, { recursive: true });
    await build({ files: files.map((file) => join(dist, file)) });
    writeWhole(stampFile, stamp);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(`Build     dist/${name} ${upToDate ? 'is up to date' : `built in ${seconds} s`}\n`);
}

/** Returns a hash of the names and contents of all inputs except tests. */
function contentStamp(inputs) {
  const parts = inputs
    .flatMap((input) => filesBelow(inRoot(input)))
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [`${relative(root, file)}\0`, readFileSync(file), '\0']);
  return hashOf(parts);
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Returns the SHA-256 of the parts in hexadecimal digits. */
export function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Writes a file by rename, so that a process that starts meanwhile reads the whole old or new file. */
export function writeWhole(path, contents, mode = 0o644) {
  const draft = join(dirname(path), `.${basename(path)}.draft-${process.pid}`);
  writeFileSync(draft, contents, { mode });
  renameSync(draft, path);
}
