import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';

const REPLY_WITHIN_MS = 20_000;
const READY_WITHIN_MS = 90_000;
const POLL_EVERY_MS = 10;
const OPERATOR_KEY = 'operator-key-of-the-benchmark-0123456789';

/** Returns the processes under test, each as in production except for its addresses. */
export async function createPrograms({ root, results, folder, servers, profile }) {
  const { PATH, HOME } = process.env;
  const mongodb = new URL(servers.mongodb.addresses.uri);
  mongodb.pathname = '/bench';
  const common = {
    PATH,
    HOME,
    NODE_ENV: 'production',
    MONGODB_URI: mongodb.href,
    REDIS_URL: servers.redis.addresses.url,
  };
  const sandboxPort = String(await freePort());
  const log = openSync(join(results, 'processes.log'), 'a');
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', results] : [];
  const stubbedApi = join(results, 'stubbed-api.cjs');
  await build({
    entryPoints: [join(root, 'bench', 'stubbed-api.ts')],
    outfile: stubbedApi,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    keepNames: true,
    sourcemap: 'linked',
    logLevel: 'warning',
    define: { __dirname: JSON.stringify(join(root, 'dist')) },
  });

  const startBare = async (kind, env = {}) => {
    const server = startMeasured({
      name: `bare ${kind}`,
      program: join(root, 'bench', 'bare-servers.cjs'),
      args: [kind],
      env: { ...common, ...env },
      log,
    });
    const { port } = await server.nextMessage('listening');
    return { ...server, url: `http://127.0.0.1:${port}`, echoes: true };
  };

  const startStubbed = async () => {
    const server = startMeasured({ name: 'stubbed api', program: stubbedApi, env: common, log, execArgv: profiling });
    const { port, ...seed } = await server.nextMessage('listening');
    return { ...server, ...seed, url: `http://127.0.0.1:${port}` };
  };

  /** Starts a role; resolves when it is ready, with the duration of the start. */
  const startRole = async (role, { program = join(root, 'dist', 'main.js'), execArgv = [] } = {}) => {
    const [port, adminPort] = [await freePort(), await freePort()];
    const env = {
      ...common,
      TEMPORAL_ADDRESS: servers.temporal.addresses.address,
      SMTP_URL: 'smtp://127.0.0.1:9',
      OPERATOR_KEY,
      TOKEN_SECRET: 'token-secret-of-the-benchmark-0123456789',
      LOG_FORMAT: 'json',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      RATE_LIMIT_PER_MINUTE: '1000000',
      SANDBOX_PORT: sandboxPort,
      SANDBOX_GATEWAY_URL: `http://127.0.0.1:${sandboxPort}`,
      SANDBOX_DATA_DIR: join(folder, 'sandbox'),
      SANDBOX_WEBHOOK_SECRET: `whsec_${Buffer.from('webhook-secret-of-the-benchmark-1').toString('base64')}`,
    };
    const begun = performance.now();
    const server = startMeasured({ name: `--role ${role}`, program, args: ['--role', role], env, log, execArgv });
    await untilReady(server, adminPort);
    return { ...server, seconds: (performance.now() - begun) / 1000, url: `http://127.0.0.1:${port}` };
  };

  /** Creates a partner with a key of this mode through the API itself. */
  const createTenant = async ({ url, mode }) => {
    const base = `${url}/api/v1`;
    const { id } = await send(`${base}/partners`, OPERATOR_KEY, { name: 'Bench', timeZone: 'UTC', locale: 'en' });
    const { key } = await send(`${base}/partners/${id}/api-keys`, OPERATOR_KEY, { mode, scopes: ['read', 'write'] });
    return {
      key,
      tenantId: `${id}:${mode}`,
      get: (path) => send(`${base}${path}`, key),
      post: (path, body) => send(`${base}${path}`, key, body),
    };
  };

  /** Starts the api with a partner, a live key and a user. */
  const startWhole = async () => {
    const api = await startRole('api', { execArgv: profiling });
    const { key, tenantId, post } = await createTenant({ url: api.url, mode: 'live' });
    const { userId } = await post('/onboardings', { email: 'bench@example.com', name: 'Bench' });
    return { ...api, key, userId, tenantId };
  };

  /** Starts the worker without prebuilt workflows beside it: it bundles them itself, as in development. */
  const startUnbundledWorker = () => {
    const program = join(results, 'main.js');
    copyFileSync(join(root, 'dist', 'main.js'), program);
    return startRole('worker', { program });
  };

  return {
    mongodbUri: mongodb.href,
    startBare,
    startStubbed,
    startWhole,
    startRole,
    startUnbundledWorker,
    createTenant,
  };
}

/**
 * Starts a child process that reports its CPU time and memory (probe.cjs). Its output goes to a file: a log line costs
 * the same as in production.
 */
function startMeasured({ name, program, args = [], env, log, execArgv = [] }) {
  const child = fork(program, args, {
    env,
    execArgv: ['--require', join(import.meta.dirname, 'probe.cjs'), ...execArgv],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const gone = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', killNow);
    throw new Error(`${name} ended (${signal ?? code}); see bench/results/processes.log`);
  });
  gone.catch(() => undefined);

  /**
   * Resolves to the next message with this field. Rejects when the process ends first, or sends no such message in
   * time.
   */
  const nextMessage = async (field) => {
    const signal = AbortSignal.timeout(REPLY_WITHIN_MS);
    for (;;) {
      const [message] = await Promise.race([once(child, 'message', { signal }), gone]);
      if (typeof message === 'object' && message !== null && field in message) return message[field];
    }
  };
  return {
    name,
    gone,
    nextMessage,
    query(field) {
      const reply = nextMessage(field);
      child.send({ query: field });
      return reply;
    },
    /** Ends the process through the probe, which calls `process.exit`, so that a CPU profile is written. */
    async end() {
      child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

async function untilReady({ name, gone }, adminPort) {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const response = await Promise.race([
      fetch(`http://127.0.0.1:${adminPort}/readyz`, { headers: { connection: 'close' } }).catch(() => null),
      gone,
    ]);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await sleep(POLL_EVERY_MS);
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s; see bench/results/processes.log`);
}

/** Sends a POST with the body, or a GET without one; resolves to the body of the response. */
async function send(url, key, body) {
  const headers = { authorization: `Bearer ${key}` };
  const posted = { 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
  const response = await fetch(
    url,
    body === undefined
      ? { headers }
      : { method: 'POST', headers: { ...headers, ...posted }, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${url} responded with ${response.status} ${await response.text()}`);
  return response.json();
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
