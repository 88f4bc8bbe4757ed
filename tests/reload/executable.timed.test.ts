import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../scripts/embedded/ports';
import { builtExecutable, buildIdOf, copyAsAnotherBuild } from '../../src/testing/platform/executable';
import { consecutivePorts } from '../../src/testing/platform/consecutive-ports';
import { startKeepAliveLoad, type KeepAliveLoad } from '../../src/testing/platform/keep-alive-load';
import { enrolPartner } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { openPm2 } from '../../src/testing/platform/pm2';
import { checkoutRoot } from '../../src/testing/servers/servers';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

const RELEASES = casesOf({ short: 1, long: 5 });
const REQUESTS = casesOf({ short: 1000, long: 10_000 });
const root = checkoutRoot(__dirname);
const folder = join(root, '.platform-test/program-binary');
const installed = join(folder, 'partner-platform');

let platform: Platform;
let pm2: ReturnType<typeof openPm2>;
let apiKey: string;
let adminPort: number;
let builds: string[];
/** The load of the present test; stopped even when the test fails. */
let load: KeepAliveLoad | undefined;

beforeAll(async () => {
  const executable = builtExecutable();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['ecosystem.config.js', 'ecosystem.binary.config.js', 'package.json'])
    copyFileSync(join(root, file), join(folder, file));
  const other = join(folder, 'another-build');
  copyAsAnotherBuild(executable, other);
  builds = [executable, other];
  linkSync(executable, installed);
  platform = await startPlatform({
    name: 'binary',
    apis: 0,
    workers: 0,
    which: ['mongodb', 'redis', 'temporal', 'mail'],
  });
  adminPort = await consecutivePorts(3);
  pm2 = openPm2({
    folder,
    ecosystem: 'ecosystem.binary.config.js',
    environment: {
      ...platform.environment,
      PORT: new URL(platform.origin).port,
      RELOAD_READY_MS: '120000',
      APP_CACHE_DIR: join(folder, 'cache'),
    },
    adminPorts: { api: adminPort, worker: await consecutivePorts(3), sandbox: await freePort() },
  });
  await pm2.start('api');
  ({ apiKey } = await enrolPartner(platform));
});
afterEach(() => load?.stop());
afterAll(async () => {
  await pm2?.kill();
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const instances = () =>
  Promise.all(
    [0, 1].map(async (number) => {
      const response = await fetch(`http://127.0.0.1:${adminPort + number}/readyz`, {
        headers: { connection: 'close' },
      });
      return (await response.json()) as { pid: number; buildId: string; status: string };
    }),
  );

it(`${RELEASES} releases of the executable fail none of ${REQUESTS} requests`, async () => {
  load = await startKeepAliveLoad({ ...platform, apiKey });
  const [primary] = await pm2.list('api');
  const seen = [await instances()];
  for (let release = 1; release <= RELEASES; release += 1) {
    const { code, output } = await pm2.release({}, '--binary', builds[release % 2]!, '--only', 'api');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Released: build/) });
    seen.push(await instances());
    expect(new Set(seen.at(-1)!.map(({ buildId }) => buildId)).size).toBe(1);
    expect(seen.at(-1)![0]!.buildId).not.toBe(seen.at(-2)![0]!.buildId);
  }
  await waitFor(() => load!.served() >= REQUESTS, { what: `${REQUESTS} requests` });
  expect((await load.stop()).failed).toEqual([]);
  expect(new Set(seen.flat().map(({ pid }) => pid)).size).toBe(2 * (RELEASES + 1));
  expect((await pm2.list('api')).map(({ pid }) => pid)).toEqual([primary!.pid]);
});

/** Writes a candidate that is another program's where the arguments match, and else exits or waits. */
function writeCandidate({ of, except, instead }: { of: string; except: string; instead: string }): string {
  const file = join(folder, 'candidate');
  const text = `#!/bin/sh\ncase "$*" in *--version*|*--reload*) ;; ${except}) ${instead};; esac\nexec ${of} "$@"\n`;
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}
const DIES = { except: '*--check*) ;; *', instead: 'exit 1' };

it.each([
  ['dies when it starts', DIES, /Refused: .*the new instance 0 ended \(exit code 1\)/],
  [
    'fails its check',
    { except: '*--check*', instead: 'echo "failed  x"; exit 1' },
    /Refused: --check of api:\n {2}failed {2}x/,
  ],
])('an executable that %s is refused, and the previous one lies in its place', async (_how, fault, reason) => {
  const before = await instances();
  const previous = statSync(installed).ino;
  const candidate = writeCandidate({ of: builds[0]!, ...fault });
  load = await startKeepAliveLoad({ ...platform, apiKey });
  const { code, output } = await pm2.release({}, '--binary', candidate, '--only', 'api');
  expect([code, output]).toEqual([1, expect.stringMatching(reason)]);
  expect((await load.stop()).failed).toEqual([]);
  expect(await instances()).toEqual(before.map((instance) => expect.objectContaining({ pid: instance.pid })));
  expect(statSync(installed).ino).toBe(previous);
});

it('an instance that dies is started again by the program that it ran, not by a bad one in its place', async () => {
  const before = await instances();
  linkSync(installed, `${installed}.good`);
  renameSync(writeCandidate({ of: '/bin/false', except: '*', instead: 'exit 1' }), installed);
  process.kill(before[1]!.pid, 'SIGKILL');
  const next = await waitFor(
    async () => {
      const { pid, buildId, status } = (await instances())[1]!;
      return pid !== before[1]!.pid && ['ready', 'degraded'].includes(status) && { buildId };
    },
    { what: 'another instance 1' },
  );
  renameSync(`${installed}.good`, installed);
  expect(next.buildId).toBe(before[1]!.buildId);
});

it('a release of all apps that a hanging worker ends says what runs what, and can be taken back', async () => {
  await pm2.start('worker', 'sandbox');
  const [{ buildId: before } = { buildId: '' }] = await instances();
  const other = builds.find((build) => buildIdOf(build) !== before)!;
  const hanging = { except: '*--check*) ;; *"--role worker"*', instead: 'exec sleep 1000' };
  const workers = await pm2.list('worker');
  const bad = await pm2.release({ readyWithinMs: 10_000 }, '--binary', writeCandidate({ of: other, ...hanging }));
  expect([bad.code, bad.output]).toEqual([1, expect.stringMatching(/Refused: the new worker .* was not ready/)]);
  expect(bad.output).toContain(
    `${installed} stays build ${buildIdOf(other)}, because api runs it; to go back: ` +
      `npm run release -- --binary ${installed}.previous`,
  );
  // The test gives the release another limit than the primary was started with.
  expect(bad.output).toContain('api: note    RELOAD_READY_MS: the primary has other values');
  expect(await pm2.list('worker')).toEqual(workers);
  expect((await instances()).map(({ buildId }) => buildId)).toEqual([buildIdOf(other), buildIdOf(other)]);

  const back = await pm2.release({}, '--binary', `${installed}.previous`);
  expect({ ...back }).toEqual({
    code: 0,
    output: expect.stringContaining(`Released: build ${before} runs in api, worker, sandbox`),
  });
  expect((await instances()).map(({ buildId }) => buildId)).toEqual([before, before]);
  expect((await pm2.list('worker')).filter(({ pid }) => workers.some((worker) => worker.pid === pid))).toEqual([]);
});
