// `npm run bench`: see README.md beside this file.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { claimFolder } from '../scripts/embedded/claim-folder.ts';
import { plainReporter } from '../scripts/embedded/reporter.ts';
import { startEmbeddedServers } from '../scripts/embedded/servers.ts';
import { measureRequests } from './measure-requests.mjs';
import { measureStarts } from './measure-starts.mjs';
import { measureYears } from './measure-years.mjs';
import { createPrograms } from './programs.mjs';
import { report } from './report.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, 'bench', 'results');
const folder = join(root, '.platform-test', 'bench');
const PARTS = ['starts', 'years', 'requests'];
const { profile, only } = readArguments();
const isMeasured = (part) => (only === undefined ? part === 'requests' || !profile : only === part);
// The 'exit' handlers of the modules that started servers and programs end them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const begun = performance.now();
const loadBefore = loadavg()[0];
const processes = new Set();
process.once('exit', () => processes.forEach((server) => server.killNow()));
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
// Also ends the processes that a killed run has left.
const claimed = await claimFolder(folder);
for (const leftover of ['mongodb', 'redis', 'temporal', 'sandbox', 'logs'])
  rmSync(join(folder, leftover), { recursive: true, force: true });
// Servers named in the environment are left alone, because thousands of onboardings would be written there; a mongod or
// redis-server on PATH is used.
const { MONGODB_URI: _mongodb, REDIS_URL: _redis, TEMPORAL_ADDRESS: _temporal, ...env } = process.env;
const servers = await startEmbeddedServers({
  root,
  folder,
  which: ['mongodb', 'redis', 'temporal'],
  buildFast: true,
  wellKnownPorts: false,
  env,
  processes,
  reporter: plainReporter((line) => process.stderr.write(`${line}\n`)),
});
try {
  const programs = await createPrograms({ root, results, folder, servers, profile });
  // Starts first: the worker would otherwise begin with thousands of onboardings.
  const starts = isMeasured('starts') ? await measureStarts(programs) : [];
  const years = isMeasured('years') ? await measureYears(programs) : null;
  const requests = isMeasured('requests') ? await measureRequests(programs) : null;
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    load: [loadBefore, loadavg()[0]],
    node: process.version,
    servers: [servers.mongodb, servers.redis, servers.temporal].map(({ label }) => label),
  };
  const seconds = (performance.now() - begun) / 1000;
  writeFileSync(
    join(results, 'latest.json'),
    `${JSON.stringify({ machine, requests, starts, years, seconds }, null, 2)}\n`,
  );
  process.stdout.write(report({ machine, requests, starts, years, seconds }));
} finally {
  await servers.stop();
  claimed.release();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

function readArguments() {
  try {
    const options = { profile: { type: 'boolean', default: false }, only: { type: 'string' } };
    const { values } = parseArgs({ options });
    if (values.only === undefined || PARTS.includes(values.only)) return values;
  } catch {
    // The usage says what is accepted.
  }
  process.stderr.write(
    `npm run bench [-- --only ${PARTS.join('|')}] [-- --profile]\n` +
      '  --profile writes a CPU profile of each api measured by requests in bench/results\n',
  );
  return process.exit(2);
}
