import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/embedded/ports';
import { waitFor } from './wait-for';

const root = path.join(__dirname, '../..');
const program = path.join(root, 'dist/main.js');
const run = promisify(execFile);

/** Nothing listens there. */
export const NOWHERE = '127.0.0.1:9';
const children: ChildProcess[] = [];

/** What a process needs to find the servers of the tests. */
export function environment(): Record<string, string> {
  const uri = new URL(process.env.TEST_MONGODB_URI ?? '');
  uri.pathname = '/processes';
  return {
    PATH: process.env.PATH ?? '', MONGODB_URI: uri.href, REDIS_URL: process.env.TEST_REDIS_URL ?? '', REDIS_PREFIX: '{processes}', TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS ?? '',
    SMTP_URL: process.env.TEST_SMTP_URL ?? '', OPERATOR_KEY: 'operator-key-operator-key-operator-key', TOKEN_SECRET: 'token-secret-token-secret-token-secret', DRAIN_MS: '300',
  };
}

/** Starts the built program in a role; what it prints, its admin pages and its end can be asked for. */
export async function start(role: string, env: Record<string, string> = {}) {
  const adminPort = await freePort();
  const port = await freePort();
  const child = spawn(process.execPath, [program, '--role', role], { env: { ...environment(), PORT: String(port), ADMIN_PORT: String(adminPort), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const admin = (page: string) => fetch(`http://127.0.0.1:${adminPort}${page}`, { headers: { connection: 'close' } });
  const readiness = async () => (await (await admin('/readyz')).json()) as { status: string; dependencies: Record<string, { ok: boolean }> };
  return {
    child, admin, readiness, origin: `http://127.0.0.1:${port}`, output: () => output,
    until: (status: string) => waitFor(async () => (await readiness()).status === status, { what: `${role} to be ${status}` }),
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Runs the built program until it ends by itself. */
export const usage = async (args: string[], env: Record<string, string> = {}) => {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env }, timeout: 15_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

/** Builds the program once for all tests of the file, and leaves none of its processes behind. */
export function useProgram(): void {
  beforeAll(() => {
    execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root });
  });
  afterAll(() => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  });
}
