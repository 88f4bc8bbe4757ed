import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildIdOf,
  builtExecutable,
  copyAsAnotherBuild,
  killLonelyWorkers,
  startLonelyWorker,
} from '../../src/testing/platform/executable';
import { ownMounts } from '../../src/testing/platform/name-spaces';
import { waitFor } from '../../src/testing/wait-for';

const FILES = ['index.node', 'workflow-bundle.js', 'workflow-thread.js'];
const KILLS = 20;

const executable = builtExecutable();
const place = mkdtempSync(join(tmpdir(), 'worker-files-'));
const cacheDir = join(place, 'cache');

afterEach(() => {
  killLonelyWorkers();
  rmSync(cacheDir, { recursive: true, force: true });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const start = () => startLonelyWorker({ executable, cacheDir });
const versions = () => readdirSync(cacheDir);
const version = () => join(cacheDir, versions()[0]!);
const hashes = () =>
  FILES.map((name) =>
    createHash('sha256')
      .update(readFileSync(join(version(), name)))
      .digest('hex'),
  );

it('a worker notices a truncated or changed file at its start and writes it again', async () => {
  const first = start();
  await first.started();
  const written = hashes();
  await first.kill();
  truncateSync(join(version(), 'index.node'), 100_000);
  const bundle = readFileSync(join(version(), 'workflow-bundle.js'));
  writeFileSync(join(version(), 'workflow-bundle.js'), bundle.fill('x', 5000, 5001));
  chmodSync(join(version(), 'workflow-thread.js'), 0o666);
  await start().started();
  expect(hashes()).toEqual(written);
  expect(readFileSync(join(version(), 'workflow-thread.js')).length).toBeGreaterThan(1_000_000);
});

it(`a worker that was killed while it wrote leaves nothing that another one trips over, ${KILLS} times`, async () => {
  const first = start();
  await first.started();
  const written = hashes();
  await first.kill();
  // Four moments of the writing, from the mark to the last file. A busy machine may see the first file only when it is
  // no draft any more.
  const moments = [/\.user$/, /^index\.node/, /^index\.node$/, /^workflow-thread\.js/];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const moment = moments[kill % moments.length]!;
    for (const name of FILES) rmSync(join(version(), name), { force: true });
    const before = readdirSync(version());
    const worker = start();
    const seen = () => readdirSync(version()).some((entry) => moment.test(entry) && !before.includes(entry));
    await waitFor(seen, { what: `a new file like ${String(moment)}`, everyMs: 1 });
    await worker.kill();
    if (kill % moments.length !== moments.length - 1) continue;
    const next = start();
    await next.started();
    expect(hashes()).toEqual(written);
    await next.kill();
  }
  await waitFor(
    async () => {
      const last = start();
      await last.started();
      const left = readdirSync(version()).filter((entry) => !FILES.includes(entry));
      await last.kill();
      return left.length === 1;
    },
    { what: 'a start that finds no leftovers but its own mark', everyMs: 2000 },
  );
});

it('workers that start at the same moment all find whole files', async () => {
  const workers = Array.from({ length: 4 }, start);
  await Promise.all(workers.map(({ started }) => started()));
  expect(readdirSync(version()).filter((entry) => entry.endsWith('.user'))).toHaveLength(workers.length);
  expect(
    readdirSync(version())
      .filter((entry) => !entry.endsWith('.user'))
      .sort(),
  ).toEqual(FILES);
});

it('two versions side by side share nothing, and the one that nobody runs any more is removed', async () => {
  const other = join(place, 'other');
  const otherId = copyAsAnotherBuild(executable, other);
  const old = startLonelyWorker({ executable: other, cacheDir });
  await old.started();
  const now = start();
  await now.started();
  const folderOf = (id: string) => join(cacheDir, versions().find((name) => name.startsWith(id)) ?? 'missing');
  const mapped = (pid: number) => readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\/.*index\.node$/gm)?.[0];
  expect([mapped(old.pid), mapped(now.pid)]).toEqual([
    join(folderOf(otherId), 'index.node'),
    join(folderOf(buildIdOf(executable)), 'index.node'),
  ]);
  await old.kill();
  await waitFor(
    async () => {
      const next = start();
      await next.started();
      await next.kill();
      return versions().length === 1;
    },
    { what: 'the old version to be removed' },
  );
  expect(versions()[0]).toMatch(new RegExp(`^${buildIdOf(executable)}-`));
});

describe('a folder that cannot be used is one line', () => {
  const mounts = ownMounts();
  if (mounts === null) process.stderr.write('This machine makes no name spaces: mounted folders are not tested\n');
  const itWithMounts = mounts === null ? it.skip : it;
  const fault = async (...mount: string[]) => {
    mkdirSync(cacheDir);
    const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${mount.join(' && ')} && exec "$@"`;
    const before = [mounts!.command, ...mounts!.flags, '/bin/sh', '-c', script, 'sh'];
    return startLonelyWorker({ executable, cacheDir, before }).ended();
  };

  itWithMounts.each([
    ['full', 'mount -t tmpfs -o size=8m,mode=700 tmpfs', `is full; free 3\\d MB there, or set APP_CACHE_DIR to`],
    ['read-only', 'mount -t tmpfs -o ro,mode=700 tmpfs', 'is on a read-only file system; set APP_CACHE_DIR to'],
    ['noexec', 'mount -t tmpfs -o noexec,mode=700 tmpfs', '\\(noexec\\); mount it with exec, or set APP_CACHE_DIR to'],
    [
      "somebody else's",
      'mount -t tmpfs -o uid=65534,mode=700 tmpfs',
      'belongs to user 65534, not to 0; set APP_CACHE_DIR',
    ],
  ])('%s', async (_what, mount, line) => {
    const { code, stderr } = await fault(`${mount} ${cacheDir}`);
    expect(stderr).toMatch(new RegExp(`^APP_CACHE_DIR: ${cacheDir}[^\\n]* ${line}[^\\n]*\\n$`));
    expect(code).toBe(1);
  });
});
