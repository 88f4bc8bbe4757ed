import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdLock } from './lock.ts';

let folder: string;
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
  writeFileSync(file, String(2 ** 30));
  holdLock(file);
  expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
});

it('the lock of a killed release is taken over by one of two releases that find it', () => {
  const file = join(folder, 'release.lock');
  writeFileSync(file, String(2 ** 30));
  const { renameSync } = fs;
  jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    // The other release is the faster one.
    writeFileSync(file, String(process.ppid));
    renameSync(from, to);
  });
  expect(() => holdLock(file)).toThrow(`another release runs (process ${process.ppid})`);
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([String(process.ppid), ['release.lock']]);
});
