import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../../package.json';
import { checkoutRoot } from '../servers/servers';
import { waitFor } from '../wait-for';

const root = checkoutRoot(__dirname);

/** Builds the single executable unless it is up to date, and returns its path. */
export function builtExecutable(): string {
  const node = join(root, 'node_modules/.bin/node');
  execFileSync(node, [join(root, 'scripts/build.mjs'), '--binary'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(root, 'dist', `partner-platform-${version}-${process.platform}-${process.arch}`);
}

/** Returns the build id that an executable prints. */
export function buildIdOf(executable: string): string {
  const printed = execFileSync(executable, ['--version'], { encoding: 'utf8' });
  return /\(build ([0-9a-f]{16})\)/.exec(printed)?.[1] ?? '';
}

/** Writes a copy of an executable that has another build id, as another version would have. Returns the id. */
export function copyAsAnotherBuild(executable: string, copy: string): string {
  const buildId = buildIdOf(executable);
  const other = buildId.slice(8) + buildId.slice(0, 8);
  const bytes = readFileSync(executable);
  for (let at = bytes.indexOf(buildId); at !== -1; at = bytes.indexOf(buildId, at)) bytes.write(other, at, 'latin1');
  writeFileSync(copy, bytes);
  chmodSync(copy, 0o755);
  return other;
}

const NOWHERE = '127.0.0.1:9';
const children: ChildProcess[] = [];

/**
 * Starts a worker that finds no server, with nothing on its PATH: it writes its files and then waits. `before` is a
 * command that ends by becoming its arguments.
 */
export function startLonelyWorker({
  executable,
  cacheDir,
  before = [],
}: {
  executable: string;
  cacheDir: string;
  before?: readonly string[];
}) {
  const [command, ...args] = [...before, executable, '--role', 'worker'];
  const child = spawn(command, args, {
    env: {
      PATH: '/nowhere',
      APP_CACHE_DIR: cacheDir,
      LOG_FORMAT: 'json',
      ADMIN_PORT: '0',
      OPERATOR_KEY: 'operator-key-operator-key-operator-key',
      TOKEN_SECRET: 'token-secret-token-secret-token-secret',
      MONGODB_URI: `mongodb://${NOWHERE}/nowhere`,
      REDIS_URL: `redis://${NOWHERE}`,
      TEMPORAL_ADDRESS: NOWHERE,
      SMTP_URL: `smtp://${NOWHERE}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const exited = once(child, 'close') as Promise<[number | null]>;
  return {
    pid: child.pid!,
    /** Resolves when its files are there. */
    started: async () => {
      await waitFor(() => child.exitCode !== null || child.signalCode !== null || stdout.includes('"Starting"'), {
        what: 'the worker to start',
        everyMs: 20,
      });
      if (!stdout.includes('"Starting"')) throw new Error(`The worker ended: ${stderr}`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    /** Resolves when it has ended by itself. */
    ended: async () => ({ code: (await exited)[0], stderr }),
  };
}

/** Kills every worker that was started. */
export function killLonelyWorkers(): void {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
}
