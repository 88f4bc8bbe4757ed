import { startKeepAliveLoad, type KeepAliveLoad } from '../../src/testing/platform/keep-alive-load';
import { consecutivePorts } from '../../src/testing/platform/consecutive-ports';
import { enrolPartner } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { openPm2 } from '../../src/testing/platform/pm2';
import { badPrograms, failedCheck, releaseProgram } from '../../src/testing/platform/released-program';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

const RELEASES = casesOf({ short: 2, long: 5 });
const REQUESTS = casesOf({ short: 2000, long: 10_000 });
const program = releaseProgram('pm2');

let platform: Platform;
let pm2: ReturnType<typeof openPm2>;
let apiKey: string;
/** The load of the present test; stopped even when the test fails. */
let load: KeepAliveLoad | undefined;

beforeAll(async () => {
  platform = await startPlatform({ name: 'pm2', apis: 0, workers: 0, which: ['mongodb', 'redis', 'temporal'] });
  pm2 = openPm2({
    folder: program.folder,
    environment: {
      ...platform.environment,
      PORT: new URL(platform.origin).port,
      RELOAD_READY_MS: '60000',
    },
    // Two instances, and one more during a release.
    adminPorts: { api: await consecutivePorts(3) },
  });
  await pm2.start('api');
  ({ apiKey } = await enrolPartner(platform));
});
afterEach(() => load?.stop());
afterAll(async () => {
  await pm2?.kill();
  await platform?.stop();
}, 60_000);

it(`${RELEASES} releases under PM2 fail none of ${REQUESTS} requests`, async () => {
  load = await startKeepAliveLoad({ ...platform, apiKey });
  const seen = new Set((await pm2.list('api')).map(({ pid }) => pid));
  for (let release = 0; release < RELEASES; release += 1) {
    program.restore();
    const { code, output } = await pm2.release({}, '--only', 'api');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Released: build [0-9a-f]+ runs/) });
    const processes = await pm2.list('api');
    expect(processes.map(({ status }) => status)).toEqual(['online', 'online']);
    for (const { pid } of processes) seen.add(pid);
  }
  await waitFor(() => load!.served() >= REQUESTS, { what: `${REQUESTS} requests` });
  expect((await load.stop()).failed).toEqual([]);
  expect(seen.size).toBe(2 * (RELEASES + 1));
});

it.each([
  ['dies when it starts', badPrograms.dies, /cannot serve: it ended/],
  ['never becomes ready', badPrograms.hangs, /cannot serve: it was not ready/],
  ['fails its check', failedCheck, /failed {2}x/],
])('a candidate that %s is refused, and not one request notices', async (_how, text, reason) => {
  const before = await pm2.list('api');
  load = await startKeepAliveLoad({ ...platform, apiKey });
  program.replaceBy(text);
  const { code, output } = await pm2.release({ readyWithinMs: 5000 }, '--only', 'api');
  program.restore();
  expect([code, output]).toEqual([1, expect.stringMatching(reason)]);
  for (const { pid } of before)
    expect(output).toMatch(new RegExp(`still runs: api, process ${pid}, (ready|degraded), version`));
  expect((await load.stop()).failed).toEqual([]);
  expect(await pm2.list('api')).toEqual(before);
});
