import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installProgram } from './install-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-program-'));
  writeFileSync(join(folder, 'candidate'), 'new');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a program is put in place by rename, can be run, and can be taken back', async () => {
  const target = join(folder, 'program');
  writeFileSync(target, 'old');
  const { ino } = statSync(target);
  const restore = await installProgram({ file: join(folder, 'candidate'), target });
  expect([readFileSync(target, 'utf8'), statSync(target).mode & 0o111]).toEqual(['new', 0o111]);
  // The file of a process that runs is not written to.
  expect([readFileSync(`${target}.previous`, 'utf8'), statSync(`${target}.previous`).ino]).toEqual(['old', ino]);
  expect(await restore()).toBe(true);
  expect([readFileSync(target, 'utf8'), statSync(target).ino]).toEqual(['old', ino]);
  expect(existsSync(`${target}.draft`)).toBe(false);
});

it('a second release keeps the program before it, not the one before that', async () => {
  const target = join(folder, 'program');
  writeFileSync(target, 'first');
  writeFileSync(join(folder, 'second'), 'second');
  await installProgram({ file: join(folder, 'second'), target });
  const restore = await installProgram({ file: join(folder, 'candidate'), target });
  await restore();
  expect(readFileSync(target, 'utf8')).toBe('second');
});

it('what an ended release has left is not written to', async () => {
  const target = join(folder, 'program');
  writeFileSync(target, 'old');
  linkSync(target, `${target}.draft`);
  await installProgram({ file: join(folder, 'candidate'), target });
  expect(readFileSync(`${target}.previous`, 'utf8')).toBe('old');
});

it('a program that is released again does not become its own previous one', async () => {
  const target = join(folder, 'program');
  const file = join(folder, 'candidate');
  writeFileSync(target, 'old');
  await installProgram({ file, target });
  const restore = await installProgram({ file, target });
  expect(await restore()).toBe(false);
  expect([readFileSync(target, 'utf8'), readFileSync(`${target}.previous`, 'utf8')]).toEqual(['new', 'old']);
});

it('the previous program can be released again', async () => {
  const target = join(folder, 'program');
  writeFileSync(target, 'old');
  await installProgram({ file: join(folder, 'candidate'), target });
  await installProgram({ file: `${target}.previous`, target });
  expect([readFileSync(target, 'utf8'), readFileSync(`${target}.previous`, 'utf8')]).toEqual(['old', 'new']);
});
