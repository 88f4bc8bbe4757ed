import { join } from 'node:path';
import { startCluster } from '../../src/testing/platform/cluster-process';
import { startKeepAliveLoad, type KeepAliveLoad } from '../../src/testing/platform/keep-alive-load';
import { enrolPartner } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { badPrograms, releaseProgram } from '../../src/testing/platform/released-program';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

const RELOADS = casesOf({ short: 2, long: 5 });
const REQUESTS = casesOf({ short: 2000, long: 10_000 });
/** The load of the present test; stopped even when the test fails. */
let load: KeepAliveLoad | undefined;
const program = releaseProgram('cluster');

let platform: Platform;
let cluster: Awaited<ReturnType<typeof startCluster>>;
let apiKey: string;

beforeAll(async () => {
  platform = await startPlatform({ name: 'cluster', apis: 0, workers: 0, which: ['mongodb', 'redis'] });
  cluster = await startApis({ readyWithinMs: 120_000 });
  ({ apiKey } = await enrolPartner(platform));
});
afterAll(async () => {
  await cluster?.end();
  await platform?.stop();
}, 60_000);

afterEach(() => load?.stop());

const startApis = ({ readyWithinMs }: { readyWithinMs: number }) =>
  startCluster({
    program: program.file,
    instances: 2,
    environment: {
      ...platform.environment,
      PORT: new URL(platform.origin).port,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      RELOAD_READY_MS: String(readyWithinMs),
    },
    logFile: join(program.folder, 'cluster.log'),
  });

it(`${RELOADS} reloads by SIGHUP fail none of ${REQUESTS} requests and keep the admin ports`, async () => {
  load = await startKeepAliveLoad({ ...platform, apiKey });
  const seen = [await cluster.pids()];
  for (let reload = 0; reload < RELOADS; reload += 1) {
    // The same program, as a new file.
    program.restore();
    expect(await cluster.reload()).toEqual({
      code: 0,
      stdout: expect.stringContaining('2 instances of api are replaced'),
    });
    await cluster.untilReady();
    seen.push(await cluster.pids());
  }
  await waitFor(() => load!.served() >= REQUESTS, { what: `${REQUESTS} requests` });
  const { failed } = await load.stop();
  expect(failed).toEqual([]);
  expect(new Set(seen.flat()).size).toBe(2 * (RELOADS + 1));
});

async function expectRefusal(text: string, reason: string): Promise<void> {
  const before = await cluster.pids();
  load = await startKeepAliveLoad({ ...platform, apiKey });
  program.replaceBy(text);
  const { code, stdout } = await cluster.reload();
  expect([code, stdout]).toEqual([1, expect.stringContaining(`the new instance 0 ${reason}`)]);
  expect(cluster.output()).toContain('Reload refused: the new instance 0');
  program.restore();
  const { failed, served } = await load.stop();
  expect(failed).toEqual([]);
  expect(served).toBeGreaterThan(0);
  expect(await cluster.pids()).toEqual(before);
}

it('a candidate that dies is refused, and not one request notices', () =>
  expectRefusal(badPrograms.dies, 'ended (exit code 1)'));

it('an instance that is killed is started again under its number', async () => {
  const [first, second] = await cluster.pids();
  process.kill(second!, 'SIGKILL');
  await waitFor(async () => (await cluster.pids())[1] !== second, { what: 'another instance 1' });
  await cluster.untilReady();
  expect((await cluster.pids())[0]).toBe(first);
});

it('one shutdown that reaches the instances twice, as Ctrl-C does, fails no request', async () => {
  load = await startKeepAliveLoad({ ...platform, apiKey, perSecond: 20 });
  await waitFor(() => load!.served() > 20, { what: 'some requests' });
  // Ctrl-C in a terminal.
  process.kill(-cluster.pid, 'SIGINT');
  const stopped = load.stop();
  expect(await cluster.exited).toEqual([0, null]);
  expect((await stopped).failed).toEqual([]);
  expect(cluster.output()).not.toContain('Second signal');
});

// The last one: its primary has no patience with a good candidate either.
it('a candidate that hangs is refused, and not one request notices', async () => {
  await cluster.end();
  cluster = await startApis({ readyWithinMs: 5000 });
  await expectRefusal(badPrograms.hangs, 'was not ready within 5000 ms');
});
