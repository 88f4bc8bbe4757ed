import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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
