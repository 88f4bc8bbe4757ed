import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { cpuMsOf } from '../measured-process.mjs';
import { spreadOfStarts } from './measure-starts.mjs';
import { spread } from '../measure-requests.mjs';

const STARTS = 5;
const IDLE_MS = 1000;

/**
 * Measures the single executable: its size, also with gzip, `--version`, and as for `starts` the time from the start of
 * a role to its first 200 at /readyz. A worker starts once with an empty APP_CACHE_DIR and then with its files there.
 */
export async function measureBinary({ checkout, startExecutable }) {
  execFileSync(process.execPath, [join(checkout, 'scripts', 'build.mjs'), '--binary'], { stdio: 'inherit' });
  const { name, version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const executable = join(checkout, 'dist', `${name}-${version}-${process.platform}-${process.arch}`);
  const cache = mkdtempSync(join(tmpdir(), 'bench-binary-'));
  const start = (role) => startExecutable(role, { executable, env: { APP_CACHE_DIR: join(cache, 'files') } });
  const emptied = () => rmSync(join(cache, 'files'), { recursive: true, force: true });
  const kinds = [
    { name: 'api', start: () => start('api') },
    { name: 'worker, its files written', before: emptied, start: () => start('worker') },
    { name: 'worker, its files there', start: () => start('worker') },
  ];
  const found = new Map(kinds.map((kind) => [kind.name, []]));
  // The very first start finds a database without collections and a cold disk.
  await (await start('api')).end();
  for (let round = 0; round < STARTS; round += 1)
    for (const kind of kinds) {
      kind.before?.();
      found.get(kind.name).push(await startOnce(kind.start));
    }
  rmSync(cache, { recursive: true });
  return {
    bytes: statSync(executable).size,
    gzipBytes: await gzipBytesOf(executable),
    versionSeconds: spread(Array.from({ length: STARTS }, () => secondsOfVersion(executable))),
    starts: spreadOfStarts(found),
  };
}

async function startOnce(start) {
  const server = await start();
  const cpuSeconds = cpuMsOf(server.pid) / 1000;
  await setTimeout(IDLE_MS);
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  await server.end();
  return { seconds: server.seconds, cpuSeconds, rssMegabytes: Number(kilobytes) / 1024 };
}

function secondsOfVersion(executable) {
  const begun = performance.now();
  execFileSync(executable, ['--version']);
  return (performance.now() - begun) / 1000;
}

async function gzipBytesOf(file) {
  let bytes = 0;
  for await (const chunk of createReadStream(file).pipe(createGzip())) bytes += chunk.length;
  return bytes;
}
