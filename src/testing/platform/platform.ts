import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../scripts/embedded/ports';
import type { ServerName } from '../../../scripts/embedded/server';
import { checkoutRoot, startServers, type TestServers } from '../servers/servers';
import { databaseUri } from '../servers/test-database';
import { waitFor } from '../wait-for';
import type { Launch } from './launch';

export interface PlatformProcess {
  role: string;
  admin: string;
  pid(): number;
  alive(): boolean;
  /** Sends SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Sends the signal and returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Starts the process again at the same address; resolves when the process is ready. */
  start(): Promise<void>;
  ready(): Promise<boolean>;
}

export interface Platform {
  servers: TestServers;
  /** Base of the API. */
  api: string;
  /** Base of the pages. */
  origin: string;
  operatorKey: string;
  apis: PlatformProcess[];
  workers: PlatformProcess[];
  /** The simulated gateway; null unless requested. */
  sandbox: PlatformProcess | null;
  sandboxUrl: string;
  mongodbUri: string;
  environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

export interface StartPlatformInput {
  name: string;
  apis?: number;
  workers?: number;
  /** True to run the simulated gateway too. */
  sandbox?: boolean;
  which?: readonly ServerName[];
  environment?: NodeJS.ProcessEnv;
  /** Defaults to dist/main.js in Node. */
  launch?: Launch;
}

const root = checkoutRoot(__dirname);
const program = join(root, 'dist/main.js');
const inNode: Launch = { command: join(root, 'node_modules/.bin/node'), args: [program], env: {} };

/**
 * Starts the whole platform as in production: its own real servers and the built program in separate processes, for
 * tests that break things.
 */
export async function startPlatform({
  name,
  apis = 1,
  workers = 1,
  sandbox = false,
  which,
  environment = {},
  launch = inNode,
}: StartPlatformInput): Promise<Platform> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run `npm run build` first');
  const folder = join(root, '.platform-test', `system-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'process-logs'), { recursive: true });
  const servers = await startServers({ folder, which });
  const port = await freePort();
  const sandboxPort = await freePort();
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const operatorKey = `pk_operator_${randomBytes(24).toString('hex')}`;
  const mongodbUri = databaseUri('platform', servers.mongodb.uri);
  const common: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    LOG_FORMAT: 'json',
    HOST: '127.0.0.1',
    ADMIN_HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MONGODB_URI: mongodbUri,
    REDIS_URL: servers.redis.url,
    TEMPORAL_ADDRESS: servers.temporal.address,
    SMTP_URL: servers.mail.smtpUrl || 'smtp://127.0.0.1:9',
    MAIL_FROM: 'Platform <no-reply@platform.example>',
    OPERATOR_EMAIL: 'operator@platform.example',
    SANDBOX_MAIL: 'deliver',
    OPERATOR_KEY: operatorKey,
    TOKEN_SECRET: randomBytes(32).toString('hex'),
    RATE_LIMIT_PER_MINUTE: '100000',
    SANDBOX_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    SANDBOX_GATEWAY_URL: sandboxUrl,
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_PAGES_PORT: String(await freePort()),
    SANDBOX_DATA_DIR: join(folder, 'sandbox'),
    GATEWAY_TIMEOUT_MS: '2000',
    EGRESS_LOCAL: 'sandbox',
    // These tests start a hundred processes, so Node caches the compiled code.
    NODE_COMPILE_CACHE: join(root, '.platform-test', 'compile-cache'),
    ...environment,
    ...launch.env,
  };
  const created: PlatformProcess[] = [];
  const start = async (role: string, index: number): Promise<PlatformProcess> => {
    // Instances of the api share one port only under a cluster; here each further one has its own.
    const env = {
      ...common,
      PORT: String(role === 'api' && index > 0 ? await freePort() : port),
      ADMIN_PORT: String(await freePort()),
    };
    const process = createProcess({ role, env, launch, logFile: join(folder, 'process-logs', `${role}-${index}.log`) });
    created.push(process);
    await process.start();
    return process;
  };
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  const stop = async () => {
    await Promise.all(created.map((process) => process.stop('SIGKILL')));
    await servers.stop();
  };
  try {
    const [startedApis, startedWorkers, startedSandbox] = await Promise.all([
      Promise.all(range(apis).map((index) => start('api', index))),
      Promise.all(range(workers).map((index) => start('worker', index))),
      sandbox ? start('sandbox', 0) : null,
    ]);
    return {
      servers,
      origin: `http://127.0.0.1:${port}`,
      api: `http://127.0.0.1:${port}/api/v1`,
      operatorKey,
      apis: startedApis,
      workers: startedWorkers,
      sandbox: startedSandbox,
      sandboxUrl,
      mongodbUri,
      environment: common,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createProcess({
  role,
  env,
  launch,
  logFile,
}: {
  role: string;
  env: NodeJS.ProcessEnv;
  launch: Launch;
  logFile: string;
}): PlatformProcess {
  let child: ChildProcess | undefined;
  let gone: Promise<number | null> = Promise.resolve(0);
  const admin = `http://127.0.0.1:${env.ADMIN_PORT}`;
  const ready = async () =>
    (await fetch(`${admin}/readyz`, { signal: AbortSignal.timeout(3000) }).catch(() => null))?.ok === true;
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (alive()) child!.kill(signal);
    return gone;
  };
  return {
    role,
    admin,
    ready,
    alive,
    stop,
    pid: () => child?.pid ?? 0,
    async kill() {
      await stop('SIGKILL');
    },
    async start() {
      const log = createWriteStream(logFile, { flags: 'a' });
      const started = spawn(launch.command, [...launch.args, '--role', role], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      started.stdout.pipe(log, { end: false });
      started.stderr.pipe(log, { end: false });
      gone = new Promise((resolve) => {
        started.once('exit', (code) => resolve(code));
      });
      await waitFor(async () => !alive() || ready(), { what: `${role} to be ready (${logFile})` });
      if (!alive())
        throw new Error(
          `${role} ended before it was ready (${started.exitCode ?? started.signalCode}); see ${logFile}`,
        );
    },
  };
}
