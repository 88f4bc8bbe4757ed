import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from './app.ts';
import { restartApp } from './pm2.ts';
import { replaceSingle } from './replace-single.ts';
import { TRIAL } from './trial.ts';

jest.mock('./pm2.ts', () => ({ listProcesses: jest.fn(), restartApp: jest.fn() }));

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replace-single-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('a candidate that cannot read the ledger is refused before the restart, and leaves the ledger alone', async () => {
  mkdirSync(join(folder, 'books'));
  const ledger = join(folder, 'books/ledger.jsonl');
  writeFileSync(ledger, '{"seq":1}\n');
  // Notes the ledger and the address for its webhooks, spoils the ledger, and dies.
  const script = `cp "$SANDBOX_DATA_DIR/ledger.jsonl" seen; echo "$SANDBOX_WEBHOOK_URL" >> seen
    echo x > "$SANDBOX_DATA_DIR/ledger.jsonl"; echo 'the ledger is damaged' >&2; exit 1`;
  const app = {
    name: 'sandbox',
    args: '--role sandbox',
    cwd: folder,
    env: { SANDBOX_DATA_DIR: 'books' },
  } as unknown as App;
  const candidate = { command: ['/bin/sh', '-c', script], version: '1', buildId: 'b2' } as const;
  const released = replaceSingle({ app, candidate, ecosystemFile: '', print: () => undefined });
  await expect(released).rejects.toThrow('the new sandbox cannot serve: it ended and said: the ledger is damaged');
  expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe(`{"seq":1}\n${TRIAL.SANDBOX_WEBHOOK_URL}\n`);
  expect(readFileSync(ledger, 'utf8')).toBe('{"seq":1}\n');
  expect(restartApp).not.toHaveBeenCalled();
});
