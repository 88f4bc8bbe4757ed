import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/embedded/ports';
import { checkoutRoot } from '../servers/servers';
import { databaseUri } from '../servers/test-database';
import { waitFor } from '../wait-for';

/** The program that jest's global set-up has built. */
const program = join(checkoutRoot(__dirname), 'dist/main.js');
const run = promisify(execFile);

/** An address without a listener. */
export const NOWHERE = '127.0.0.1:9';
const children: ChildProcess[] = [];

/** Returns the environment with which a process finds the servers of the tests. */
export function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    MONGODB_URI: databaseUri('processes'),
    REDIS_URL: process.env.TEST_REDIS_URL ?? '',
    REDIS_PREFIX: '{processes}',
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS ?? '',
    SMTP_URL: process.env.TEST_SMTP_URL ?? '',
    OPERATOR_KEY: 'operator-key-operator-key-operator-key',
    TOKEN_SECRET: 'token-secret-token-secret-token-secret',
    DRAIN_MS: '300',
    EGRESS_LOCAL: 'sandbox',
  };
}

/**
 * Starts the built program in a role; `stdout` may be a file descriptor of ours. Returns access to its output, its
 * admin pages and its end.
 */
export async function start(
  role: string,
  env: Record<string, string> = {},
  { stdout = 'pipe' }: { stdout?: 'pipe' | number } = {},
) {
  const adminPort = await freePort();
  const port = await freePort();
  const child = spawn(process.execPath, [program, '--role', role], {
    env: { ...environment(), PORT: String(port), ADMIN_PORT: String(adminPort), ...env },
    stdio: ['ignore', stdout, 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (output += part.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const admin = (page: string) => fetch(`http://127.0.0.1:${adminPort}${page}`, { headers: { connection: 'close' } });
  const readiness = async () =>
    (await (await admin('/readyz')).json()) as {
      status: string;
      version: string;
      buildId: string;
      dependencies: Record<string, { ok: boolean }>;
    };
  return {
    child,
    admin,
    readiness,
    origin: `http://127.0.0.1:${port}`,
    output: () => output,
    until: (status: string) =>
      waitFor(async () => (await readiness()).status === status, { what: `${role} to be ${status}` }),
    stop: async (signal: NodeJS.Signals = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

/** Runs the built program until it ends by itself. */
export const usage = async (args: string[], env: Record<string, string> = {}) => {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH, ...env },
      timeout: 60_000,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
};

/** Kills every program that was started. */
export function killPrograms(): void {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
}
