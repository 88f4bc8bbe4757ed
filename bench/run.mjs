// npm run bench: see README.md beside this file.
import { fork, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { build } from 'esbuild';
import { startEmbeddedServers } from '../scripts/embedded/servers.ts';
import { plainReporter } from '../scripts/embedded/reporter.ts';
import { claimFolder } from '../scripts/embedded/claim-folder.ts';

const root = join(import.meta.dirname, '..');
const results = join(root, 'bench/results');
const PAIRS = 7;
const SLICE_S = 2;
const STARTS = 5;
const CONNECTIONS = 20;

mkdirSync(results, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'platform-bench-'));
const claimed = await claimFolder(folder);
const servers = await startEmbeddedServers({
  root, folder, which: ['mongodb', 'redis', 'temporal'], buildFast: true, wellKnownPorts: false, env: {}, reporter: plainReporter((line) => process.stderr.write(`${line}\n`)),
});
try {
  const rows = [...(await measureRequests()), ...(await measureStarts())];
  const machine = { cores: cpus().length, node: process.version, mongodb: servers.mongodb.label };
  print(rows, machine);
  writeFileSync(join(results, 'latest.json'), `${JSON.stringify({ machine, pairs: PAIRS, sliceSeconds: SLICE_S, rows }, null, 2)}\n`);
} finally {
  await servers.stop();
  claimed.release();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function measureRequests() {
  const program = join(results, 'server.cjs');
  await build({ entryPoints: [join(root, 'bench/server.ts')], outfile: program, bundle: true, platform: 'node', target: 'node24', format: 'cjs', packages: 'external', logLevel: 'error', define: { __dirname: JSON.stringify(join(root, 'dist')) } });
  const database = new URL(servers.mongodb.addresses.uri);
  database.pathname = '/bench';
  const env = { ...process.env, NODE_ENV: 'production', MONGODB_URI: database.toString(), REDIS_URL: servers.redis.addresses.url };
  const [echo, stubbed, whole] = await Promise.all(['echo', 'stubbed', 'whole'].map((mode) => startServer({ program, mode, env })));
  const rows = [];
  for (const [name, server] of Object.entries({ stubbed, whole })) {
    for (const request of ['GET /users/{id}', 'POST /onboardings']) {
      await slice(echo, request, 200);
      await slice(server, request, 2);
      const pairs = [];
      for (let pair = 0; pair < PAIRS; pair++) {
        const base = await slice(echo, request, 200);
        const ours = await slice(server, request, request.startsWith('GET') ? 200 : 202, echo);
        pairs.push({ ratio: ours / base, base, ours });
      }
      rows.push({ name: `${request} ${name}`, unit: '× echo', ...spread(pairs.map(({ ratio }) => ratio)), microseconds: median(pairs.map(({ ours }) => ours)) });
    }
  }
  for (const { child } of [echo, stubbed, whole]) child.kill('SIGKILL');
  return rows;
}

async function startServer({ program, mode, env }) {
  const child = fork(program, [mode], { env });
  process.once('exit', () => child.kill('SIGKILL'));
  const [{ port, userId, key }] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => { throw new Error(`The ${mode} server ended with ${code}`); })]);
  return { child, url: `http://127.0.0.1:${port}`, userId, key, mode };
}

/** CPU per request in microseconds over one slice of load; every answer has to have the expected status. */
async function slice(server, request, expected) {
  const isGet = request.startsWith('GET');
  const headers = { authorization: `Bearer ${server.key}` };
  const before = await cpuOf(server);
  const result = await autocannon({
    url: server.url, duration: SLICE_S, connections: CONNECTIONS,
    requests: [
      isGet
        ? { method: 'GET', path: `/api/v1/users/${server.userId}`, headers }
        : {
            method: 'POST', path: '/api/v1/onboardings',
            setupRequest: (sent) => ({
              ...sent, headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
              body: JSON.stringify({ email: `${randomBytes(12).toString('hex')}@example.com`, name: 'Ada Lovelace', metadata: { crmId: 'C-1042' } }),
            }),
          },
    ],
  });
  const after = await cpuOf(server);
  const statuses = Object.keys(result.statusCodeStats);
  if (expected > 2 && (result.errors > 0 || statuses.join() !== String(expected))) throw new Error(`${server.mode} answered ${request} with ${statuses.join()} (${result.errors} errors), not ${expected}`);
  return (after - before) / result.requests.total;
}

async function cpuOf({ child }) {
  child.send('cpu');
  const [{ cpuMicros }] = await once(child, 'message');
  return cpuMicros;
}

async function measureStarts() {
  const common = {
    PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', LOG_LEVEL: 'error', LOG_FORMAT: 'json',
    MONGODB_URI: servers.mongodb.addresses.uri, REDIS_URL: servers.redis.addresses.url, TEMPORAL_ADDRESS: servers.temporal.addresses.address,
    OPERATOR_KEY: randomBytes(24).toString('hex'), TOKEN_SECRET: randomBytes(24).toString('hex'), PORT: '0', SMTP_URL: 'smtp://127.0.0.1:9',
  };
  const rows = [];
  const kinds = [
    { name: 'api', role: 'api', prebuilt: true },
    { name: 'worker, prebuilt workflows', role: 'worker', prebuilt: true },
    { name: 'worker, bundling at start', role: 'worker', prebuilt: false },
  ];
  for (const { name, role, prebuilt } of kinds) {
    const starts = [];
    for (let start = 0; start < STARTS; start++) starts.push(await startOnce({ role, prebuilt, env: common }));
    rows.push({ name: `start-up ${name}`, unit: 's', ...spread(starts.map(({ seconds }) => seconds)), rssMegabytes: median(starts.map(({ rss }) => rss)) });
  }
  return rows;
}

async function startOnce({ role, prebuilt, env }) {
  const adminPort = await freePort();
  const program = prebuilt ? join(root, 'dist/main.js') : copyWithoutBundle();
  const begun = performance.now();
  const child = spawn(process.execPath, [program, '--role', role], { cwd: root, env: { ...env, ADMIN_PORT: String(adminPort) }, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    while (!(await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => null))?.ok) {
      if (child.exitCode !== null) throw new Error(`${role} ended with ${child.exitCode}`);
      await sleep(10);
    }
    const seconds = (performance.now() - begun) / 1000;
    await sleep(500);
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    return { seconds, rss };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** The program in another folder one level below the root, with no bundle beside it: it bundles the workflows itself then, as in development. */
function copyWithoutBundle() {
  const copy = join(root, 'bench', 'without-bundle.generated.cjs');
  writeFileSync(copy, readFileSync(join(root, 'dist/main.js'), 'utf8').replace(/^#!.*\n/, ''));
  return copy;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function spread(values) {
  return { median: median(values), least: Math.min(...values), greatest: Math.max(...values) };
}

function print(rows, { cores, node, mongodb }) {
  const line = ([name, middle, range, more]) => `${name.padEnd(38)} ${middle.padStart(12)}   ${range.padEnd(18)} ${more}`;
  process.stdout.write(`\n${cores} cores, Node ${node}, MongoDB: ${mongodb}; ${PAIRS} pairs of ${SLICE_S} s, ${STARTS} starts\n\n`);
  process.stdout.write(`${line(['', 'median', 'least – greatest', ''])}\n`);
  for (const { name, unit, median: middle, least, greatest, microseconds, rssMegabytes } of rows) {
    const more = microseconds === undefined ? `${rssMegabytes.toFixed(0)} MB` : `${microseconds.toFixed(0)} µs of CPU`;
    process.stdout.write(`${line([name, `${middle.toFixed(2)} ${unit}`, `${least.toFixed(2)} – ${greatest.toFixed(2)}`, more])}\n`);
  }
}
