import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordProcess } from '../embedded/process-identity.ts';
import { holdLock } from './lock.ts';

let folder: string;
const holderOf = (file: string): number => (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
const writeHolder = (file: string, pid: number): void =>
  writeFileSync(file, JSON.stringify({ ...recordProcess(process.pid), pid }));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'release-lock-'))));
afterEach(() => jest.restoreAllMocks());
afterEach(() => rmSync(folder, { recursive: true }));

it('a second release is refused while the first one runs', () => {
  const file = join(folder, 'pm2', 'release.lock');
  holdLock(file);
  expect(() => holdLock(file)).toThrow(`another release runs (process ${process.pid})`);
});

it('the lock of a release that was killed is taken over', () => {
  const file = join(folder, 'release.lock');
  // No process has so high a number.
  writeHolder(file, 2 ** 30);
  holdLock(file);
  expect(holderOf(file)).toBe(process.pid);
});

it('the lock of a killed release is taken over by one of two releases that find it', () => {
  const file = join(folder, 'release.lock');
  writeHolder(file, 2 ** 30);
  const { renameSync } = fs;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    // The other release is the faster one.
    writeFileSync(file, JSON.stringify(recordProcess(process.ppid)));
    renameSync(from, to);
  });
  expect(() => holdLock(file)).toThrow(`another release runs (process ${process.ppid})`);
  expect([holderOf(file), readdirSync(folder)]).toEqual([process.ppid, ['release.lock']]);
});
