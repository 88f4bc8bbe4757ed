import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createPartnerApp } from '../../src/testing/platform/partner-app';
import { checkoutRoot } from '../../src/testing/servers/servers';
import { waitFor } from '../../src/testing/wait-for';

interface RunFile {
  api: string;
  docs: string;
  operatorKey: string;
  sandboxKey: string;
  mail: string;
  temporalUi: string;
  processes: { name: string; role: string; pid: number; admin: string | null }[];
}

const root = checkoutRoot(__dirname);
const folder = join(root, '.platform-test', 'npm-start');
const runFile = join(folder, 'run.json');
let child: ChildProcess | undefined;
let output = '';

/** Runs `npm start` in its own folder and process group. Returns the exit code. */
function npmStart(...flags: string[]): Promise<number | null> {
  output = '';
  const started = spawn(process.execPath, [join(root, 'scripts/start.mjs'), ...flags], {
    cwd: root,
    env: { ...process.env, PLATFORM_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child = started;
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  started.stdout.on('data', collect);
  started.stderr.on('data', collect);
  return new Promise((resolve) => {
    started.once('exit', resolve);
  });
}

const isUp = (timeoutMs: number) =>
  waitFor(
    () =>
      existsSync(runFile) &&
      output.includes('The platform is up') &&
      (JSON.parse(readFileSync(runFile, 'utf8')) as RunFile),
    { what: `the banner, after:\n${output}`, timeoutMs, everyMs: 100 },
  );
const lives = (pid: number) => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};
const onboardings = async ({ api, sandboxKey }: RunFile) =>
  (await createPartnerApp({ api, apiKey: sandboxKey }).get<{ items: { id: string; state: string }[] }>('/onboardings'))
    .body.items;

beforeAll(() => rmSync(folder, { recursive: true, force: true }));
/** After a failure, Ctrl-C also ends the servers, which a killed `npm start` would leave running. */
afterAll(async () => {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
  const { pid } = child;
  const exited = once(child, 'exit');
  process.kill(-pid, 'SIGINT');
  const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), 60_000);
  await exited;
  clearTimeout(late);
});

it('npm start onboards a user, stops on Ctrl-C, restarts with its data and survives kill -9', async () => {
  const first = npmStart();
  const run = await isUp(180_000);
  expect(output).toMatch(/completed/);
  expect(output).not.toMatch(/✗/);
  expect(output).toMatch(/that day +before\n/);
  const links = output.match(/http\S+\/report-links\/[\w-]+/g) ?? [];
  const opened = await Promise.all(links.map((link) => fetch(link)));
  expect(opened.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
    [200, expect.stringContaining('text/html')],
    [200, 'application/pdf'],
    [200, expect.stringContaining('text/html')],
    [200, 'application/pdf'],
  ]);
  expect(output).toMatch(/MRR at the start +€0\.00\n.*New MRR +€29\.00\n.*MRR at the end +€29\.00\n/);
  for (const text of [run.docs, run.api, run.sandboxKey, run.mail, run.temporalUi, 'curl'])
    expect(output).toContain(text);
  expect(run.processes.map(({ role }) => role)).toEqual(expect.arrayContaining(['api', 'worker', 'sandbox', 'server']));
  for (const { admin, pid } of run.processes) {
    expect(lives(pid)).toBe(true);
    if (admin) expect((await fetch(`${admin}/readyz`)).status).toBe(200);
  }
  const [onboarded] = await onboardings(run);
  expect(onboarded).toMatchObject({ state: 'completed' });

  // A process that dies is restarted, and the terminal reports it.
  const worker = run.processes.find(({ role }) => role === 'worker')!;
  process.kill(worker.pid, 'SIGKILL');
  await waitFor(
    async () => (await fetch(`${worker.admin}/readyz`).catch(() => null))?.status === 200 && !lives(worker.pid),
    { what: 'the worker to be back', timeoutMs: 30_000 },
  );
  expect(output).toMatch(/worker.*(again|restart)/i);

  process.kill(child!.pid!, 'SIGINT');
  expect(await first).toBe(0);
  expect(existsSync(runFile)).toBe(false);
  for (const { pid } of run.processes) expect(lives(pid)).toBe(false);

  const begun = performance.now();
  void npmStart('--no-tour');
  const again = await isUp(60_000);
  expect(performance.now() - begun).toBeLessThan(15_000);
  expect(await onboardings(again)).toEqual([expect.objectContaining({ id: onboarded!.id, state: 'completed' })]);

  // A second start in the same folder reports the running platform and does not touch it.
  const other = spawn(process.execPath, [join(root, 'scripts/start.mjs'), '--no-tour'], {
    cwd: root,
    env: { ...process.env, PLATFORM_DIR: folder },
  });
  let printed = '';
  other.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  expect(await new Promise((resolve) => other.once('exit', resolve))).toBe(1);
  expect(printed).toContain(again.api);

  const pids = again.processes.map(({ pid }) => pid);
  process.kill(-child!.pid!, 'SIGKILL');
  for (const pid of pids) if (lives(pid)) process.kill(pid, 'SIGKILL');
  const third = npmStart('--no-tour');
  const last = await isUp(60_000);
  expect(await onboardings(last)).toHaveLength(1);
  process.kill(child!.pid!, 'SIGINT');
  expect(await third).toBe(0);
});
