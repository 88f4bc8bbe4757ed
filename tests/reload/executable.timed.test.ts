import { copyFileSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtExecutable, copyAsAnotherBuild } from '../../src/testing/platform/executable';
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
    which: ['mongodb', 'redis', 'temporal'],
  });
  adminPort = await consecutivePorts(3);
  pm2 = openPm2({
    folder,
    ecosystem: 'ecosystem.binary.config.js',
    environment: { ...platform.environment, PORT: new URL(platform.origin).port, RELOAD_READY_MS: '120000' },
    adminPorts: { api: adminPort },
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
      return (await response.json()) as { pid: number; buildId: string };
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

it('an executable that dies when it starts is refused, and the previous one is put back in its place', async () => {
  const before = await instances();
  const previous = statSync(installed).ino;
  const candidate = join(folder, 'candidate');
  const passed = `case "$*" in *--version*|*--check*|*--reload*) exec ${builds[0]} "$@";; esac`;
  writeFileSync(candidate, `#!/bin/sh\n${passed}\nexit 1\n`, { mode: 0o755 });
  load = await startKeepAliveLoad({ ...platform, apiKey });
  const { code, output } = await pm2.release({}, '--binary', candidate, '--only', 'api');
  expect([code, output]).toEqual([1, expect.stringMatching(/Refused: .*the new instance 0 ended \(exit code 1\)/)]);
  expect((await load.stop()).failed).toEqual([]);
  expect(await instances()).toEqual(before.map((instance) => expect.objectContaining({ pid: instance.pid })));
  expect(statSync(installed).ino).toBe(previous);
});
