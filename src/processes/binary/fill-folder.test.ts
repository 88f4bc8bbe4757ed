import { createHash } from 'node:crypto';
import fs, { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillFolder } from './fill-folder';

const bytes = Buffer.from('addon');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let cacheFolder: string;
let folder: string;
beforeEach(() => {
  cacheFolder = mkdtempSync(path.join(tmpdir(), 'fill-folder-'));
  folder = path.join(cacheFolder, '0123456789abcdef-01234567');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(cacheFolder, { recursive: true });
});

/** Removes the folder, as another version does that begins at this moment, when this one opens it for the nth time. */
function removeAtOpening(nth: number): () => boolean {
  const { openSync } = fs;
  let openings = 0;
  jest.spyOn(fs, 'openSync').mockImplementation((...args) => {
    if (args[0] === folder && ++openings === nth) rmSync(folder, { recursive: true });
    return openSync(...args);
  });
  return () => openings > nth;
}
const fill = (read: () => Uint8Array = () => bytes) =>
  fillFolder({ cacheFolder, folder, files: [{ name: 'index.node', sha256, read }] });
const written = () => readFileSync(path.join(folder, 'index.node')).equals(bytes);

it.each([
  ['before it is marked', 1],
  ['after it was marked', 2],
])('a folder that another version removes %s is made again', async (_when, nth) => {
  const hasPassed = removeAtOpening(nth);
  await fill();
  expect([hasPassed(), written()]).toEqual([true, true]);
});

it('a folder that another version removes while it is filled is filled again', async () => {
  let reads = 0;
  await fill(() => {
    reads += 1;
    if (reads === 1) rmSync(folder, { recursive: true });
    return bytes;
  });
  expect([reads, written()]).toEqual([2, true]);
});

it('a folder that another version takes away once it is full is made again', async () => {
  let reads = 0;
  await fill(() => {
    reads += 1;
    if (reads === 1) renameSync(folder, `${folder}.removed-other`);
    return bytes;
  });
  expect([reads, written(), existsSync(folder)]).toEqual([2, true, true]);
});

it('a file that cannot be written ends the start with its error', async () => {
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  await expect(
    fill(() => {
      throw full;
    }),
  ).rejects.toBe(full);
});
