import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { startEmptyWorker as startWorkerOf } from './empty-worker.mjs';
import { startChild, startMeasured, untilReady } from './measured-process.mjs';
import { startPostgres } from './peers/postgres.mjs';

const SEND_ATTEMPTS = 30;
const RETRY_AFTER_MS = 1000;
const GATEWAY_SECRET = `whsec_${Buffer.from('webhook-secret-of-the-benchmark-1').toString('base64')}`;
const OPERATOR_KEY = 'operator-key-of-the-benchmark-0123456789';

/**
 * Returns the processes under test, each as in production except for its addresses. The roles are those of `checkout`,
 * which is built; this checkout by default.
 */
export async function createPrograms(input) {
  const { root, checkout = root, results, folder, servers, processes, reporter, profile } = input;
  const { apps } = createRequire(import.meta.url)(join(checkout, 'ecosystem.config.js'));
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
  const serverPids = Object.fromEntries([...processes].map(({ name, pid }) => [name, pid]));
  const sandboxPort = String(await freePort());
  const gatewayUrl = `http://127.0.0.1:${sandboxPort}`;
  const log = openSync(join(results, 'processes.log'), 'a');
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', results] : [];
  const [stubbedApi, validation] = ['stubbed-api.cjs', 'validation.cjs'].map((name) => join(results, name));
  await build({
    entryPoints: ['stubbed-api', 'validation', 'peers/payment-work'].map((name) => join(root, 'bench', `${name}.ts`)),
    outdir: results,
    outExtension: { '.js': '.cjs' },
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

  /** Starts the bare export of postings; resolves when it is connected. */
  const startBareCsv = async () => {
    const program = join(root, 'bench', 'reports', 'bare-csv.cjs');
    const server = startMeasured({ name: 'bare csv', program, env: common, log });
    await server.nextMessage('connected');
    return server;
  };

  const startStubbed = async () => {
    const server = startMeasured({ name: 'stubbed api', program: stubbedApi, env: common, log, execArgv: profiling });
    const { port, ...seed } = await server.nextMessage('listening');
    return { ...server, ...seed, url: `http://127.0.0.1:${port}` };
  };

  /** Resolves to what reading and validating each example body costs beside JSON.parse. */
  const measureValidation = async () => {
    const server = startMeasured({ name: 'validation', program: validation, env: common, log });
    const measured = await server.nextMessage('measured');
    await server.end();
    return measured;
  };

  /** Returns the environment of a role's process, with free ports. */
  const environmentOf = async (more) => {
    const [port, adminPort] = [await freePort(), await freePort()];
    return {
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
      SANDBOX_PAGES_PORT: '0',
      SANDBOX_GATEWAY_URL: gatewayUrl,
      SANDBOX_DATA_DIR: join(folder, 'sandbox'),
      SANDBOX_WEBHOOK_SECRET: GATEWAY_SECRET,
      ...more,
    };
  };

  /** Starts a role; resolves when it is ready, with the duration of the start. */
  const startRole = async (
    role,
    { program = join(checkout, 'dist', 'main.js'), args = [], execArgv = [], env: more = {} } = {},
  ) => {
    const env = await environmentOf(more);
    const begun = performance.now();
    // As under PM2.
    const production = apps.find(({ name }) => name === role);
    const server = startMeasured({
      name: `--role ${role}`,
      program,
      args: ['--role', role, ...args],
      env: { ...production.env, ...env },
      log,
      execArgv: [...production.node_args.split(' '), ...execArgv],
    });
    await untilReady(server, env.ADMIN_PORT);
    const [url, adminUrl] = [env.PORT, env.ADMIN_PORT].map((number) => `http://127.0.0.1:${number}`);
    return { ...server, seconds: (performance.now() - begun) / 1000, url, adminUrl };
  };

  /** Starts a role of the single executable as `startRole` does that of dist/main.js; nothing measures it inside. */
  const startExecutable = async (role, { executable, env: more }) => {
    const env = await environmentOf({ NODE_ENV: 'production', ...more });
    const begun = performance.now();
    const server = startChild({
      name: `executable, --role ${role}`,
      command: executable,
      args: ['--role', role],
      env,
      log,
    });
    await untilReady(server, env.ADMIN_PORT);
    return { ...server, seconds: (performance.now() - begun) / 1000 };
  };

  /** Creates a partner with a key of this mode through the API itself. */
  const createTenant = async ({ url, mode, scopes = ['read', 'write'] }) => {
    const base = `${url}/api/v1`;
    const { id } = await send(`${base}/partners`, OPERATOR_KEY, { name: 'Bench', timeZone: 'UTC', locale: 'en' });
    const { key } = await send(`${base}/partners/${id}/api-keys`, OPERATOR_KEY, { mode, scopes });
    return {
      key,
      tenantId: `${id}:${mode}`,
      get: (path) => send(`${base}${path}`, key),
      post: (path, body) => send(`${base}${path}`, key, body),
      put: (path, body) => send(`${base}${path}`, key, body, 'PUT'),
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
    // One folder below the checkout, as dist/ is: the program looks for workflows/ and openapi.yaml above itself.
    const program = join(root, '.platform-test', 'main.js');
    copyFileSync(join(root, 'dist', 'main.js'), program);
    return startRole('worker', { program });
  };

  const startEmptyWorker = () => startWorkerOf({ root, results, servers, env: common, startMeasured, log });

  /** Starts a process that makes payments by the means of a peer; resolves when it can. */
  const startPeer = async ({ name, script, env }) => {
    const work = { PAYMENT_WORK: join(results, 'peers', 'payment-work.cjs'), GATEWAY_URL: gatewayUrl, GATEWAY_SECRET };
    const program = join(root, 'bench', 'peers', script);
    const server = startMeasured({ name, program, env: { ...common, ...work, ...env }, log });
    await server.nextMessage('listening');
    return server;
  };

  return {
    root,
    checkout,
    results,
    mongodbUri: mongodb.href,
    redisUrl: servers.redis.addresses.url,
    temporalAddress: servers.temporal.addresses.address,
    serverPids,
    startBare,
    startBareCsv,
    startEmptyWorker,
    startPeer,
    startPostgres: () => startPostgres({ folder, processes, reporter }),
    startStubbed,
    measureValidation,
    startWhole,
    startRole,
    startExecutable,
    startUnbundledWorker,
    createTenant,
  };
}

/**
 * Sends the body by POST or another method, or a GET without one; resolves to the body of the response. A 503 is
 * repeated, as callers are told to do, with the same key.
 */
async function send(url, key, body, method = 'POST') {
  const headers = { authorization: `Bearer ${key}` };
  const posted = { 'idempotency-key': randomUUID(), 'content-type': 'application/json' };
  const init =
    body === undefined ? { headers } : { method, headers: { ...headers, ...posted }, body: JSON.stringify(body) };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, init);
    if (response.ok) return response.json();
    const problem = await response.text();
    if (response.status !== 503 || attempt === SEND_ATTEMPTS)
      throw new Error(`${url} responded with ${response.status} ${problem}`);
    await sleep(RETRY_AFTER_MS);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
