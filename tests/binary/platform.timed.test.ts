import { join } from 'node:path';
import { readlinkSync, readFileSync } from 'node:fs';
import type { RunFile } from '../../scripts/platform/run-file';
import type { Terminal } from '../../scripts/platform/terminal';
import { runTour, TOUR_STAGES } from '../../scripts/tour';
import { builtExecutable } from '../../src/testing/platform/executable';
import { buildJail } from '../../src/testing/platform/jail';
import type { Launch } from '../../src/testing/platform/launch';
import { enrolPartner } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { checkoutRoot } from '../../src/testing/servers/servers';

/** Promised to operators; a busy machine has four times as long. */
const READY_WITHIN_MS = 2000;
const BUSY = 4;

const executable = builtExecutable();
const jail = buildJail({ executable, folder: join(checkoutRoot(__dirname), '.platform-test', 'jail') });
const bare: Launch = { command: executable, args: [], env: { PATH: '/nowhere', NODE_COMPILE_CACHE: '' } };
const inJail = jail === null ? it.skip : it;
if (jail === null)
  process.stderr.write('This machine makes no name spaces: the executable runs with the rights of the tests\n');

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform({ name: 'executable-tour', sandbox: true, launch: jail ?? bare });
});
afterAll(() => platform?.stop());

const processes = () => [...platform.apis, ...platform.workers, platform.sandbox!];

inJail('every role runs with no shell, no Node and no file of the checkout in reach, without rights', () => {
  for (const process of processes()) {
    const pid = process.pid();
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(readlinkSync(`/proc/${pid}/root`)).toMatch(/\/jail\/root$/);
    expect(readlinkSync(`/proc/${pid}/exe`)).toMatch(/\/partner-platform$/);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).not.toMatch(/^Uid:\t0/m);
    const mounts = readFileSync(`/proc/${pid}/mounts`, 'utf8');
    expect(mounts).toMatch(/^\S+ \/ \S+ ro,/m);
  }
});

it('onboards, settles a lost payment, runs a year of a subscription, reports and lists', async () => {
  const { apiKey } = await enrolPartner(platform);
  const lines: string[] = [];
  const terminal = {
    line: (line: string) => void lines.push(line),
    bold: (text: string) => text,
    begin: () => ({ end: () => undefined }),
  } as unknown as Terminal;
  const run = { api: platform.api, sandboxKey: apiKey } as RunFile;
  await runTour({ run, terminal, isStopping: () => false });
  const printed = lines.join('\n');
  expect(printed).not.toMatch(/✗/);
  expect(printed.match(/^Tour: /gm)).toHaveLength(TOUR_STAGES.length);
  expect(printed).toMatch(/12 invoices|13 invoices/);
  const links = printed.match(/http\S+\/report-links\/[\w-]+/g) ?? [];
  expect(links.length).toBeGreaterThan(1);
  for (const link of links) expect((await fetch(link)).status).toBe(200);
});

it('serves the contract and Swagger UI out of the executable', async () => {
  const page = await (await fetch(`${platform.origin}/docs`)).text();
  const files = [...page.matchAll(/(?:href|src)="(\/docs\/[^"]+)"/g)].map(([, file = '']) => file);
  expect(files).toHaveLength(4);
  for (const file of [...files, '/openapi.yaml']) {
    const response = await fetch(`${platform.origin}${file}`);
    expect([file, response.status]).toEqual([file, 200]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(500);
  }
});

it('an api is ready soon after its start', async () => {
  const [api] = platform.apis;
  expect(await api!.stop()).toBe(0);
  const begun = performance.now();
  await api!.start();
  expect(performance.now() - begun).toBeLessThan(READY_WITHIN_MS * BUSY);
});
