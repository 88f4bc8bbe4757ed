import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from './claim-folder.ts';

it('a claimed folder is open to its owner alone, also one that was open to others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claim-'));
  chmodSync(folder, 0o755);
  const { release } = await claimFolder(folder);
  expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  release();
  rmSync(folder, { recursive: true });
});

it.each([
  ['', 'an empty file'],
  ['{"pid":', 'half of a file'],
  ['null', 'nothing'],
  ['{"pid":"1"}', 'a file of another version'],
  ['{"pid":999999999,"identity":null}', 'a process without an identity'],
])('a damaged owner.json (%s, %s) and records like it do not keep a folder', async (content) => {
  const folder = mkdtempSync(join(tmpdir(), 'claim-'));
  mkdirSync(join(folder, 'processes'));
  writeFileSync(join(folder, 'owner.json'), content);
  writeFileSync(join(folder, 'processes', 'redis.json'), content);
  const { leftovers, release } = await claimFolder(folder);
  expect([leftovers, existsSync(join(folder, 'processes', 'redis.json'))]).toEqual([[], false]);
  release();
  rmSync(folder, { recursive: true });
});
