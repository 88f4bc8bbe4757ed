import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  writeFileSync(join(root, 'package-lock.json'), '{"packages":{}}');
});
afterEach(() => {
  chmodSync(root, 0o700);
  rmSync(root, { recursive: true, force: true });
});

/** Installs the packages of the checkout as a user who is not root, for whom permissions hold. */
function ensureInstalled() {
  const program =
    `const { ensureInstalled } = await import(${JSON.stringify(pathToFileURL(join(__dirname, 'install.mjs')))});` +
    `if (process.geteuid() === 0) process.seteuid(65534);` +
    `await ensureInstalled(${JSON.stringify(root)});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  return { status, lines: stderr.trimEnd().split('\n') };
}

it('ends with one line when the checkout may not be written to', () => {
  chmodSync(root, 0o555);
  const { status, lines } = ensureInstalled();
  expect([status, lines.length]).toEqual([1, 1]);
  expect(lines[0]).toContain(`${join(root, '.platform')} cannot be used (EACCES: `);
  expect(lines[0]).toContain(`Let this user write to ${root}, `);
});

it('ends with one line when .platform is a file', () => {
  chmodSync(root, 0o777);
  writeFileSync(join(root, '.platform'), '');
  const { status, lines } = ensureInstalled();
  expect([status, lines.length]).toEqual([1, 1]);
  expect(lines[0]).toContain(`${join(root, '.platform')} cannot be used (EEXIST: `);
});

it('uses packages that were installed by hand where no stamp can be written', () => {
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules', '.bin', 'node'), '');
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), '{"packages":{}}');
  chmodSync(root, 0o555);
  expect(ensureInstalled()).toEqual({ status: 0, lines: [''] });
});
