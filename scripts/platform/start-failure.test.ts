import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../embedded/claim-folder.ts';
import { readDataFormat } from '../embedded/sources/data-format.ts';
import { readRunFile } from './run-file.ts';
import { loadSecrets, readSecrets } from './secrets-file.ts';
import { explainStartFailure } from './start-failure.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-failure-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the act as a user who is not root, for whom permissions hold. */
async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

const failureOf = (act: () => Promise<unknown>): Promise<string> =>
  act().then(
    () => 'none',
    (error: unknown) => explainStartFailure(error),
  );

it.each([
  ['', 'is empty'],
  ['{"operatorKey": "pk_op', 'is damaged: it is not JSON'],
  ['[]', 'is damaged: it is not a JSON object'],
  ['{"operatorKey": 5}', 'is damaged: operatorKey is not a text'],
  ['{"tokenSecret": ""}', 'is damaged: tokenSecret is not a text'],
  ['{"version": 9}', 'is of another version: it has the unknown field "version"'],
])('names a state.json of %j, what is wrong and the remedy, and leaves the file alone', (content, fault) => {
  const file = join(folder, 'state.json');
  writeFileSync(file, content);
  expect(() => loadSecrets(file, {})).toThrow(`${file} ${fault}. Restore it from a copy, or delete it: `);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

it('keeps the secrets of earlier starts, and adds those that the file does not have yet', () => {
  const file = join(folder, 'state.json');
  writeFileSync(file, '{"operatorKey":"pk_operator_mine","sandboxKey":null}');
  const secrets = loadSecrets(file, {});
  expect(secrets).toMatchObject({ operatorKey: 'pk_operator_mine', tokenSecret: expect.any(String) });
  expect(loadSecrets(file, {})).toEqual(secrets);
});

it('takes secrets of the environment, and keeps its own while no process has accepted those', () => {
  const file = join(folder, 'state.json');
  const kept = loadSecrets(file, {});
  const env = { OPERATOR_KEY: 'short', TOKEN_SECRET: 'mine', SANDBOX_WEBHOOK_SECRET: 'whsec_mine' };
  expect(loadSecrets(file, env)).toEqual({
    ...kept,
    operatorKey: 'short',
    tokenSecret: 'mine',
    sandboxWebhookSecret: 'whsec_mine',
  });
  expect(loadSecrets(file, {})).toEqual(kept);
});

it('reads the secrets of a running platform without creating or saving any', () => {
  const file = join(folder, 'state.json');
  expect([readSecrets(file), existsSync(file)]).toEqual([{}, false]);
  writeFileSync(file, '{"operatorKey":"pk_operator_mine"}');
  expect(readSecrets(file)).toEqual({ operatorKey: 'pk_operator_mine' });
  expect(readFileSync(file, 'utf8')).toBe('{"operatorKey":"pk_operator_mine"}');
});

it('names a folder that may not be written to, and what to do', async () => {
  chmodSync(folder, 0o555);
  const inside = join(folder, '.platform');
  expect(await failureOf(() => asNobody(() => claimFolder(inside)))).toBe(
    `${inside} cannot be used (EACCES: this user may not write there). Change that, ` +
      'or set PLATFORM_DIR to a folder that this user can write to, and start again.',
  );
});

it('names a folder that cannot be one', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await failureOf(() => claimFolder(file))).toContain(`${file} cannot be used (EEXIST: a file stands`);
  expect(await failureOf(() => claimFolder(join(file, 'below')))).toContain('(ENOTDIR: a part of the path is a file)');
});

it('says to free space when the disk is full, also where the system names no path', () => {
  const full = (more: object) => explainStartFailure(Object.assign(new Error('no space left, write'), more));
  const remedy = 'Free some space, or set PLATFORM_DIR to a folder on another disk, and start again.';
  expect(full({ code: 'ENOSPC', syscall: 'write' })).toBe(
    `A file cannot be written (ENOSPC: the disk is full). ${remedy}`,
  );
  expect(full({ code: 'EDQUOT', path: '/data' })).toBe(
    `/data cannot be written (EDQUOT: this user's share of the disk is used up). ${remedy}`,
  );
});

it('names a program that may not be run, and does not speak of writing', () => {
  const program = join(folder, 'program');
  writeFileSync(program, '', { mode: 0o644 });
  const { error } = spawnSync(program);
  expect(explainStartFailure(error)).toBe(
    `${program} cannot be run (EACCES). Let this user execute it, or remove it, and start again.`,
  );
});

it('names the empty file that should say which server wrote the data', () => {
  const file = join(folder, 'server-version');
  writeFileSync(file, '\n');
  expect(() => readDataFormat(file)).toThrow(`${file} is empty, so nothing says which server wrote the data`);
  expect(readDataFormat(join(folder, 'none'))).toBeNull();
});

it('ignores a run.json that is damaged or of another version', () => {
  const file = join(folder, 'run.json');
  const read = ['', '{"api":', 'null', '{"api":"http://127.0.0.1:3000/api/v1"}'].map((content) => {
    writeFileSync(file, content);
    return readRunFile(file);
  });
  expect(read).toEqual([null, null, null, null]);
});

it('ends npm start with exit code 1 and that one line, before anything else is started', () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'state.json'), '{"operatorKey":');
  const start = (path: string) =>
    spawnSync(process.execPath, [join(__dirname, '..', 'platform.ts')], {
      env: { ...process.env, PLATFORM_DIR: path },
      encoding: 'utf8',
    });
  const damaged = start(join(folder, 'data'));
  expect([damaged.status, damaged.stdout.split('\n')[0], damaged.stderr]).toEqual([
    1,
    expect.stringMatching(/^Cannot start: .*state\.json is damaged: it is not JSON\. Restore it/),
    '',
  ]);
  const file = start(join(folder, 'data', 'state.json'));
  expect([file.status, file.stdout.trim().split('\n').length, file.stderr]).toEqual([1, 1, '']);
});

it('ends npm run ledger:verify with one line when the platform has a damaged state.json', () => {
  const run = { api: '', docs: '', mongodbUri: '', sandboxGateway: '' };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  writeFileSync(join(folder, 'state.json'), '{"operatorKey":');
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, '..', 'verify-ledger.ts')], {
    env: { ...process.env, PLATFORM_DIR: folder },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^.*state\.json is damaged: it is not JSON\. .*\n$/)]);
});
