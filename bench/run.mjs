// `npm run bench`: see README.md beside this file.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../scripts/embedded/claim-folder.ts';
import { plainReporter } from '../scripts/embedded/reporter.ts';
import { startEmbeddedServers } from '../scripts/embedded/servers.ts';
import { measureRequests } from './measure-requests.mjs';
import { measureStarts } from './measure-starts.mjs';
import { createPrograms } from './programs.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, 'bench', 'results');
const folder = join(root, '.platform-test', 'bench');
const [flag, ...more] = process.argv.slice(2);
if (more.length > 0 || (flag !== undefined && flag !== '--profile')) {
  process.stderr.write(
    'npm run bench [-- --profile]: --profile writes a CPU profile of each measured api in bench/results\n',
  );
  process.exit(2);
}
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
for (const leftover of ['mongodb', 'redis', 'temporal', 'logs'])
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
  const programs = await createPrograms({ root, results, servers, profile: flag === '--profile' });
  // Starts first: the worker would otherwise begin with thousands of onboardings.
  const starts = flag === '--profile' ? [] : await measureStarts(programs);
  const requests = await measureRequests(programs);
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    load: [loadBefore, loadavg()[0]],
    node: process.version,
    servers: [servers.mongodb, servers.redis, servers.temporal].map(({ label }) => label),
  };
  const seconds = (performance.now() - begun) / 1000;
  writeFileSync(join(results, 'latest.json'), `${JSON.stringify({ machine, requests, starts, seconds }, null, 2)}\n`);
  print({ machine, requests, starts, seconds });
} finally {
  await servers.stop();
  claimed.release();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

function print({
  machine: { cores, cpu, load, node, servers: labels },
  requests: { pairs, rows, checked },
  starts,
  seconds,
}) {
  const times = ({ median, min, max }) => [`${median.toFixed(2)} ×`, `${min.toFixed(1)}–${max.toFixed(1)}`];
  const whole = ({ median, min, max }) => [median.toFixed(0), `${min.toFixed(0)}–${max.toFixed(0)}`];
  const lines = [
    `${cores} cores (${cpu.trim()}), load ${load.map((value) => value.toFixed(2)).join(' → ')}, ` +
      `Node ${node}; ${labels.join(', ')}`,
    '',
    `CPU per request, median of ${pairs} (least–greatest)`,
    ...table(
      rows.map(({ name, micros, overNode, overExpress }) => [
        name,
        `${micros.median.toFixed(0)} µs`,
        'node:http',
        ...times(overNode),
        'Express',
        ...times(overExpress),
      ]),
    ),
    ...checked,
    '',
    ...(starts.length > 0 ? ['Start to 200 at /readyz, and the memory after a second of idling'] : []),
    ...table(
      starts.map(({ name, starts: count, seconds: duration, cpuSeconds, rssMegabytes }) => [
        name,
        `${duration.median.toFixed(2)} s`,
        `${duration.min.toFixed(2)}–${duration.max.toFixed(2)}`,
        `${cpuSeconds.median.toFixed(2)} s of CPU`,
        ...whole(rssMegabytes),
        'MB',
        `${count} starts`,
      ]),
    ),
    '',
    `Took ${seconds.toFixed(0)} s`,
  ];
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

/** Returns the rows with columns as wide as their widest cell; all but the first are aligned right. */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column] + 2)))
      .join(''),
  );
}
