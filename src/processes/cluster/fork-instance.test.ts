import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathAsGiven } from './fork-instance';

it('the program is started again by the path that was given, so a link may lead to its next version', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fork-'));
  const execPath = path.join(folder, 'program-1');
  copyFileSync(__filename, execPath);
  const link = path.join(folder, 'program');
  symlinkSync(execPath, link);
  expect(pathAsGiven({ given: link, execPath })).toBe(link);
  expect(pathAsGiven({ given: path.relative('.', link), execPath })).toBe(link);
  // Found in PATH, or a name that another program chose.
  for (const given of ['program', '/bin/sh', path.join(folder, 'gone')])
    expect(pathAsGiven({ given, execPath })).toBe(execPath);
  rmSync(folder, { recursive: true });
});
