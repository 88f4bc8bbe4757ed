import { setTimeout } from 'node:timers/promises';
import { spread } from '../measure-requests.mjs';

const IDLE_MS = 1000;

/**
 * Measures the time from the start of a process to its first 200 at /readyz, the CPU time until then, and its memory
 * after one idle second.
 */
export async function measureStarts({ startRole, startUnbundledWorker }) {
  const kinds = [
    { name: 'api', starts: 5, start: () => startRole('api') },
    { name: 'worker, prebuilt workflows', starts: 5, start: () => startRole('worker') },
    { name: 'worker, bundling them itself', starts: 3, start: startUnbundledWorker },
  ];
  const found = new Map(kinds.map(({ name }) => [name, []]));
  // The very first start finds a database without collections and a cold disk.
  await (await startRole('api')).end();
  for (let round = 0; round < Math.max(...kinds.map(({ starts }) => starts)); round += 1) {
    for (const { name, starts, start } of kinds) if (round < starts) found.get(name).push(await startOnce(start));
  }
  return spreadOfStarts(found);
}

/** Returns what was measured of the starts of each kind, for the report. */
export function spreadOfStarts(found) {
  return [...found].map(([name, starts]) => ({
    name,
    starts: starts.length,
    seconds: spread(starts.map(({ seconds }) => seconds)),
    cpuSeconds: spread(starts.map(({ cpuSeconds }) => cpuSeconds)),
    rssMegabytes: spread(starts.map(({ rssMegabytes }) => rssMegabytes)),
  }));
}

async function startOnce(start) {
  const server = await start();
  const { cpuMicros } = await server.query('usage');
  await setTimeout(IDLE_MS);
  const { rssBytes } = await server.query('usage');
  await server.end();
  return { seconds: server.seconds, cpuSeconds: cpuMicros / 1e6, rssMegabytes: rssBytes / 2 ** 20 };
}
