import { setTimeout as sleep } from 'node:timers/promises';
import { EXPLAINABLE } from '../growth/explained-reads.mjs';
import { waits } from '../until.mjs';

export const DAY = 86_400_000;
/** What a started process does before it is idle. */
const SETTLE_MS = 10_000;
const IDLE_MS = 5000;
const SAMPLE_EVERY_MS = 100;
const { until } = waits({ withinMs: 300_000, everyMs: 100 });

/** Returns a date in UTC, so many days before today. */
export const daysAgo = (days) => new Date(Math.floor(Date.now() / DAY) * DAY - days * DAY).toISOString().slice(0, 10);

/** Starts an api, and a worker that makes reports and nothing else. */
export async function openReportShop({ startRole, createTenant }) {
  const worker = await startRole('worker', { args: ['--queues', 'reports'], execArgv: EXPLAINABLE });
  const api = await startRole('api');
  const newTenant = () => createTenant({ url: api.url, mode: 'sandbox' });
  await sleep(SETTLE_MS);
  const before = await worker.query('usage');
  await sleep(IDLE_MS);
  const idle = await worker.query('usage');
  const idlePerMs = (idle.cpuMicros - before.cpuMicros) / 1000 / IDLE_MS;

  return {
    api,
    worker,
    newTenant,
    idleRssBytes: idle.rssBytes,
    /**
     * Makes a report of a day. Returns it once it is completed, with the CPU of the worker without that of an idle one
     * and the most memory that the worker had meanwhile.
     */
    async report({ get, post }, { type, date, formats = ['csv'] }) {
      const [{ cpuMicros }, begun] = [await worker.query('usage'), performance.now()];
      const { id } = await post('/reports', { type, period: date, formats });
      const { peak, result } = await withPeak(worker, async () => {
        let report;
        await until(async () => {
          report = await get(`/reports/${id}`);
          return report.endedAt !== null;
        }, `${id} to end`);
        return report;
      });
      if (result.state !== 'completed') throw new Error(`${id} is ${result.state}: ${JSON.stringify(result.failure)}`);
      const cpuMs = ((await worker.query('usage')).cpuMicros - cpuMicros) / 1000;
      return { report: result, cpuMs: cpuMs - idlePerMs * (performance.now() - begun), peakRssBytes: peak };
    },
    async end() {
      for (const server of [api, worker]) await server.end();
    },
  };
}

/** Runs the work, and returns the most memory that the process had meanwhile. */
export async function withPeak(server, work) {
  const ended = new AbortController();
  const sampling = peakOf(server, ended.signal);
  try {
    const result = await work();
    ended.abort();
    return { result, peak: await sampling };
  } finally {
    ended.abort();
  }
}

async function peakOf(server, signal) {
  let peak = 0;
  do {
    peak = Math.max(peak, (await server.query('usage')).rssBytes);
    await sleep(SAMPLE_EVERY_MS);
  } while (!signal.aborted);
  return peak;
}
