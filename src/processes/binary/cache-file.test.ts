import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { draftWriter, ensureCacheFile } from './cache-file';

const bytes = Buffer.alloc(3 * 2 ** 20, 'worker');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cache-file-'));
  file = path.join(folder, 'index.node');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ensure = () => ensureCacheFile({ folder, name: 'index.node', sha256, read: () => bytes }, '1-a');
const linkTo = (place: string) => {
  renameSync(file, place);
  symlinkSync(place, file);
};
const replaceBy = (make: () => void) => {
  rmSync(file);
  make();
};

it('writes the file for its user alone, once, and leaves no draft', () => {
  ensure();
  const { ino, mode } = statSync(file);
  ensure();
  expect([statSync(file).ino, mode & 0o777, readdirSync(folder)]).toEqual([ino, 0o600, ['index.node']]);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

it.each<[string, () => void]>([
  ['was truncated', () => truncateSync(file, 1000)],
  ['has another byte', () => writeFileSync(file, Buffer.from(bytes).fill('x', 2 ** 21, 2 ** 21 + 1))],
  ['may be read by others', () => chmodSync(file, 0o644)],
  ['has another name too', () => linkSync(file, path.join(folder, 'other'))],
  ['is a link to one as it was written', () => linkTo(path.join(folder, 'elsewhere'))],
  ['is a pipe, which would keep its reader waiting', () => replaceBy(() => execFileSync('mkfifo', [file]))],
])('writes a file again that %s', (_what, change) => {
  ensure();
  change();
  const before = lstatSync(file).ino;
  ensure();
  const stats = lstatSync(file);
  // Replaced and never written to: a process that runs may have it in its memory.
  expect(stats.ino).not.toBe(before);
  expect([stats.isFile(), stats.mode & 0o777, stats.nlink]).toEqual([true, 0o600, 1]);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

it('leaves no draft where it cannot write the file', () => {
  mkdirSync(path.join(file, 'in-the-way'), { recursive: true });
  expect(ensure).toThrow('EISDIR');
  expect(readdirSync(folder)).toEqual(['index.node']);
});

it('names the writer of a draft, and none of another file', () => {
  expect(['index.node.draft-7-ab', 'index.node', '7-ab.user'].map(draftWriter)).toEqual(['7-ab', null, null]);
});
