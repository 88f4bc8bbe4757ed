// `npm run bench`: see README.md beside this file.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { claimFolder } from '../scripts/embedded/claim-folder.ts';
import { plainReporter } from '../scripts/embedded/reporter.ts';
import { startEmbeddedServers } from '../scripts/embedded/servers.ts';
import { measureBinary } from './starts/measure-binary.mjs';
import { measureCosts } from './measure-costs.mjs';
import { measureBulk } from './listings/measure-bulk.mjs';
import { measureReviews } from './listings/measure-reviews.mjs';
import { measureSearch } from './listings/measure-search.mjs';
import { measureSweep } from './listings/measure-sweep.mjs';
import { measureLatency } from './latency/measure-latency.mjs';
import { measureCrowd } from './latency/measure-crowd.mjs';
import { measureLists } from './growth/measure-lists.mjs';
import { measureMemory } from './measure-memory.mjs';
import { measureNeighbours } from './measure-neighbours.mjs';
import { measureReconciler } from './growth/measure-reconciler.mjs';
import { measureRequests } from './measure-requests.mjs';
import { measureStarts } from './starts/measure-starts.mjs';
import { measureYears } from './measure-years.mjs';
import { measurePeers } from './peers/measure-peers.mjs';
import { measureReports } from './reports/measure-reports.mjs';
import { measureSchedules } from './reports/measure-schedules.mjs';
import { createPrograms } from './programs.mjs';
import { report } from './report/report.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, 'bench', 'results');
const folder = join(root, '.platform-test');
/** In their order. Starts come first: the worker would otherwise begin with thousands of onboardings. */
const PARTS = {
  starts: measureStarts,
  binary: measureBinary,
  years: measureYears,
  requests: measureRequests,
  costs: measureCosts,
  latency: measureLatency,
  bulk: measureBulk,
  reviews: measureReviews,
  search: measureSearch,
  sweep: measureSweep,
  reports: measureReports,
  schedules: measureSchedules,
  peers: measurePeers,
  neighbours: measureNeighbours,
  crowd: measureCrowd,
  memory: measureMemory,
  reconciler: measureReconciler,
  lists: measureLists,
};
/** The parts that write many documents first and take minutes, only measured by name. */
const LONG_PARTS = ['search', 'sweep', 'reports', 'schedules', 'reconciler', 'lists'];
const { profile, only, against } = readArguments();
const isMeasured = (part) =>
  only === undefined ? !LONG_PARTS.includes(part) && (part === 'requests' || !profile) : only === part;
// The 'exit' handlers of the modules that started servers and programs end them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const begun = performance.now();
const loadBefore = loadavg()[0];
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const systems = [];
try {
  const { programs, servers } = await startSystem({ name: 'bench' });
  const other = against && (await startSystem({ name: 'bench-against', checkout: against }));
  const measured = {};
  for (const [part, measure] of Object.entries(PARTS))
    if (isMeasured(part)) measured[part] = await measure(programs, other?.programs);
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    load: [loadBefore, loadavg()[0]],
    node: process.version,
    servers: [servers.mongodb, servers.redis, servers.temporal].map(({ label }) => label),
  };
  const seconds = (performance.now() - begun) / 1000;
  const found = { machine, ...measured, seconds };
  writeFileSync(join(results, 'latest.json'), `${JSON.stringify(found, null, 2)}\n`);
  process.stdout.write(report(found));
} finally {
  for (const { stop } of systems) await stop();
}
process.exit();

/** Starts servers with fresh data, and returns them with the programs of the checkout that use them. */
async function startSystem({ name, checkout = root }) {
  const data = join(folder, name);
  const processes = new Set();
  process.once('exit', () => processes.forEach((server) => server.killNow()));
  // Also ends the processes that a killed run has left.
  const claimed = await claimFolder(data);
  for (const leftover of ['mongodb', 'redis', 'temporal', 'sandbox', 'logs'])
    rmSync(join(data, leftover), { recursive: true, force: true });
  // Servers named in the environment are left alone, because thousands of onboardings would be written there; a mongod
  // or redis-server on PATH is used.
  const { MONGODB_URI: _mongodb, REDIS_URL: _redis, TEMPORAL_ADDRESS: _temporal, ...env } = process.env;
  const reporter = plainReporter((line) => process.stderr.write(`${line}\n`));
  const servers = await startEmbeddedServers({
    root,
    folder: data,
    which: ['mongodb', 'redis', 'temporal'],
    buildFast: true,
    wellKnownPorts: false,
    env,
    processes,
    reporter,
  });
  const stop = async () => {
    await servers.stop();
    claimed.release();
    rmSync(data, { recursive: true, force: true });
  };
  systems.push({ stop });
  const common = { root, results, folder: data, servers, processes, reporter, profile };
  return { servers, programs: await createPrograms({ ...common, checkout }) };
}

function readArguments() {
  try {
    const options = {
      profile: { type: 'boolean', default: false },
      only: { type: 'string' },
      against: { type: 'string' },
    };
    const { values } = parseArgs({ options });
    const { only, against } = values;
    const isPart = only === undefined || only in PARTS;
    if (isPart && against === undefined) return values;
    if (only === 'years') return { ...values, against: builtCheckout(against) };
  } catch {
    // The usage says what is accepted.
  }
  process.stderr.write(
    `npm run bench [-- --only ${Object.keys(PARTS).join('|')}] [-- --profile]\n` +
      'npm run bench -- --only years --against <checkout>\n' +
      '  --profile writes a CPU profile of each api measured by requests in bench/results\n' +
      '  --against measures a year of another checkout too, in which `npm ci` and `npm run build` have been run\n',
  );
  return process.exit(2);
}

/** Returns the full path of a checkout, which npm's caller may have named from another folder. */
function builtCheckout(path) {
  const checkout = resolve(process.env.INIT_CWD ?? '.', path);
  const program = join(checkout, 'dist', 'main.js');
  if (existsSync(program)) return checkout;
  process.stderr.write(`There is no ${program}: run \`npm ci\` and \`npm run build\` there\n`);
  return process.exit(2);
}
