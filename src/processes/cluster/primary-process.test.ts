import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { changedVariables, isPrimaryProcess } from './primary-process';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** Starts a process that waits. */
async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)', '--', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child.pid!;
}

it('a primary is known by its command line, and no other process passes for one', async () => {
  expect(isPrimaryProcess(await start(['--role', 'api', '--cluster', '2']))).toBe(true);
  child!.kill('SIGKILL');
  expect(isPrimaryProcess(await start(['--role', 'worker']))).toBe(false);
  // No process has so high a number.
  expect(isPrimaryProcess(2 ** 30)).toBe(false);
});

it('variables that have changed since the start of a process are named, and only those of the program', async () => {
  const started = { MONGODB_URI: 'mongodb://a', SMTP_URL: 'smtp://a', HOST: '', HOME: '/a' };
  const pid = await start([], started);
  expect(changedVariables({ pid, env: { ...started, HOST: undefined, HOME: '/b' } })).toEqual([]);
  const env = { MONGODB_URI: 'mongodb://b', REDIS_URL: 'redis://b' };
  expect(changedVariables({ pid, env })).toEqual(['MONGODB_URI', 'REDIS_URL', 'SMTP_URL']);
  expect(changedVariables({ pid: 2 ** 30, env })).toEqual([]);
});
