import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from '../../testing/wait-for';
import { readUsers, useFolder } from './cache-users';
import { removeLeftovers, removeUnusedVersions } from './remove-unused';

const OLD = '0123456789abcdef-01234567';
const NEW = 'fedcba9876543210-01234567';

let cacheFolder: string;
let children: ChildProcess[] = [];
beforeEach(() => {
  cacheFolder = mkdtempSync(path.join(tmpdir(), 'cache-users-'));
  for (const version of [OLD, NEW]) mkdirSync(path.join(cacheFolder, version));
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(cacheFolder, { recursive: true });
});

const folderOf = (version: string) => path.join(cacheFolder, version);
const running = async (version: string) => (await readUsers(folderOf(version))).running;

/** Starts another process that uses a folder as this program does. */
async function useElsewhere(version: string): Promise<ChildProcess> {
  const listen = 'require("node:net").createServer().listen(process.argv[1], () => console.log("listens"))';
  const child = spawn(process.execPath, ['-e', listen, path.join(folderOf(version), 'elsewhere.user')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}
async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('the users of a folder', () => {
  it('are the processes that have begun to use it and run, however they end', async () => {
    const user = await useFolder(folderOf(OLD));
    const child = await useElsewhere(OLD);
    expect((await running(OLD)).sort()).toEqual([user.name, 'elsewhere'].sort());
    await killed(child);
    await waitFor(async () => (await running(OLD)).length === 1, { what: 'the killed process to be no user' });
    expect(await running(OLD)).toEqual([user.name]);
    user.leave();
  });

  it('are seen in a folder whose path is longer than that of a socket may be', async () => {
    const long = path.join(folderOf(OLD), 'x'.repeat(200));
    mkdirSync(long);
    const user = await useFolder(long);
    expect((await readUsers(long)).running).toEqual([user.name]);
    user.leave();
  });

  it('learn that the folder was moved away, or replaced by another', async () => {
    const user = await useFolder(folderOf(OLD));
    expect(user.isInPlace()).toBe(true);
    renameSync(folderOf(OLD), `${folderOf(OLD)}.moved`);
    expect(user.isInPlace()).toBe(false);
    mkdirSync(folderOf(OLD));
    expect(user.isInPlace()).toBe(false);
    user.leave();
  });
});

describe('the start of a version', () => {
  const removeUnused = () => removeUnusedVersions({ cacheFolder, keep: NEW, remover: 'me' });

  it('removes other versions once nobody uses them, and nothing else', async () => {
    mkdirSync(folderOf('a-folder-of-somebody'));
    mkdirSync(folderOf(`${OLD}.removed-somebody`));
    const child = await useElsewhere(OLD);
    await removeUnused();
    expect(readdirSync(cacheFolder).sort()).toEqual([OLD, 'a-folder-of-somebody', NEW].sort());
    await killed(child);
    await waitFor(async () => (await running(OLD)).length === 0, { what: 'nobody to use the old version' });
    await removeUnused();
    expect(readdirSync(cacheFolder).sort()).toEqual(['a-folder-of-somebody', NEW].sort());
  });

  it('removes what killed processes left in its own folder, and not what others are writing', async () => {
    const user = await useFolder(folderOf(NEW));
    const child = await useElsewhere(NEW);
    const draft = (writer: string) => path.join(folderOf(NEW), `index.node.draft-${writer}`);
    for (const writer of [user.name, 'elsewhere', 'long-gone']) writeFileSync(draft(writer), '');
    await removeLeftovers(folderOf(NEW));
    expect([user.name, 'elsewhere', 'long-gone'].map((writer) => existsSync(draft(writer)))).toEqual([
      true,
      true,
      false,
    ]);
    await killed(child);
    await waitFor(async () => (await running(NEW)).length === 1, { what: 'the killed process to be no user' });
    await removeLeftovers(folderOf(NEW));
    expect(readdirSync(folderOf(NEW)).sort()).toEqual([`${user.name}.user`, path.basename(draft(user.name))].sort());
    user.leave();
  });

  it('leaves the draft of a process that starts meanwhile', async () => {
    const removal = removeLeftovers(folderOf(NEW));
    // Now the marks are read.
    writeFileSync(path.join(folderOf(NEW), '7-ab.user'), '');
    writeFileSync(path.join(folderOf(NEW), 'index.node.draft-7-ab'), '');
    await removal;
    expect(readdirSync(folderOf(NEW)).sort()).toEqual(['7-ab.user', 'index.node.draft-7-ab']);
  });
});
