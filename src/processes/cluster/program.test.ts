import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openProgram } from './program';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'program-'));
  file = path.join(folder, 'program');
});
afterEach(() => rmSync(folder, { recursive: true }));

const replace = () => {
  writeFileSync(`${file}.draft`, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  renameSync(`${file}.draft`, file);
};

it('a native program can be started again after another file has taken its place', () => {
  copyFileSync('/bin/echo', file);
  const program = openProgram(file);
  expect(program.path()).toBe(file);
  replace();
  expect(spawnSync(file).status).toBe(7);
  expect(execFileSync(program.path(), ['kept'], { encoding: 'utf8' })).toBe('kept\n');
  rmSync(file);
  expect(execFileSync(program.path(), ['kept'], { encoding: 'utf8' })).toBe('kept\n');
  program.close();
});

it('a script, and a file that is not there, are started by their path', () => {
  expect(openProgram(file).path()).toBe(file);
  replace();
  const script = openProgram(file);
  rmSync(file);
  expect(script.path()).toBe(file);
});
