import { setTimeout as sleep } from 'node:timers/promises';
import { runSlice } from './load.mjs';
import { inParallel, waits } from './until.mjs';

const IDLE_MS = 20_000;
/** Time until a started or used process is idle: the first heartbeats, the last rows of the outbox. */
const SETTLE_MS = 5000;
/** Time after the start in which V8 compiles in the background and collects, in steps of some seconds. */
const COLLECTED_MS = 35_000;
const CACHED = 100;
const PAYMENTS = 150;
const IN_PARALLEL = 4;
const AMOUNT = { amountMinor: 1900, currency: 'EUR' };
const { until, untilCaptured } = waits({ withinMs: 300_000 });

/**
 * Measures the memory of api and worker beside a bare Express and a Temporal worker with an empty workflow, after the
 * start and after work; what an idle process costs; and the heap of a cached workflow.
 */
export async function measureMemory({ startBare, startEmptyWorker, startRole, createTenant }) {
  const started = [];
  const start = async (starting) => {
    started.push(await starting);
    return started.at(-1);
  };
  try {
    await start(startRole('sandbox'));
    const worker = await start(startRole('worker', { env: { BENCH_COUNT: '1' } }));
    const api = await start(startRole('api', { env: { BENCH_COUNT: '1' } }));
    const express = await start(startBare('express'));
    const empty = await start(startEmptyWorker());
    const rssAs = async (name) => ({
      name,
      api: await rssOf(api),
      worker: await rssOf(worker),
      express: await rssOf(express),
      empty: await rssOf(empty),
    });
    await sleep(SETTLE_MS);
    const afterStart = await rssAs('after the start');
    await sleep(COLLECTED_MS);
    const idle = await measureIdle({ worker, api, 'empty worker': empty });
    const cached = await measureCached({
      worker,
      empty,
      client: await createTenant({ url: api.url, mode: 'sandbox' }),
    });
    await payInParallel(await createTenant({ url: api.url, mode: 'sandbox' }));
    const slice = { operation: 'createOnboarding', amount: PAYMENTS + CACHED, echoes: true };
    await runSlice({ ...slice, url: express.url, key: 'none', userId: 'none' });
    await sleep(SETTLE_MS);
    return { rss: [afterStart, await rssAs('after work')], idle, cached };
  } finally {
    for (const server of started.toReversed()) await server.end();
  }
}

const rssOf = async (server) => (await server.query('usage')).rssBytes;

async function measureIdle(servers) {
  const usages = () => Promise.all(Object.values(servers).map((server) => server.query('usage')));
  const before = await usages();
  await sleep(IDLE_MS);
  const after = await usages();
  return Object.keys(servers).map((name, index) => {
    const { cpuMicros, sent } = after[index];
    const perMinute = ([server, count]) => [server, ((count - before[index].sent[server]) * 60_000) / IDLE_MS];
    return {
      name,
      cpuMillis: (cpuMicros - before[index].cpuMicros) / IDLE_MS,
      sent: Object.fromEntries(Object.entries(sent).map(perMinute)),
    };
  });
}

/** Returns the heap that a workflow of each kind keeps in the worker's workflow threads while it waits. */
async function measureCached({ worker, empty, client: { get, post } }) {
  const { id: planId } = await post('/plans', { name: 'Monthly', amount: AMOUNT, interval: 'month' });
  const untilState = (path, state) => until(async () => (await get(path)).state === state, `${path} to be ${state}`);
  const kinds = [
    { name: 'empty', server: empty, begin: (index) => empty.startWorkflow(`empty/${index}`) },
    {
      name: 'userOnboarding',
      server: worker,
      async begin(index) {
        const { id } = await post('/onboardings', { email: `bench-${index}@example.com`, name: 'Bench' });
        await untilState(`/onboardings/${id}`, 'awaiting_verification');
      },
    },
    {
      name: 'processPayment',
      server: worker,
      async begin() {
        const { id } = await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_ok', capture: 'manual' });
        await untilState(`/payments/${id}`, 'authorised');
      },
    },
    {
      name: 'subscription',
      server: worker,
      async begin(index) {
        const { id } = await post('/subscriptions', { planId, paymentMethod: 'pm_ok', customerId: `cust ${index}` });
        await untilState(`/subscriptions/${id}`, 'active');
      },
    },
  ];
  const found = [];
  for (const { name, server, begin } of kinds) {
    // The first of a kind also loads what all of them share.
    await begin(-1);
    const before = await heapOfThreads(server);
    await inParallel({ count: CACHED, places: IN_PARALLEL }, begin);
    found.push({ name, heapBytes: ((await heapOfThreads(server)) - before) / CACHED });
  }
  return found.map(({ name, heapBytes }) => ({ name, heapBytes, overEmpty: heapBytes / found[0].heapBytes }));
}

async function heapOfThreads(server) {
  await sleep(SETTLE_MS);
  // What the first collection finalises the second one frees.
  await server.query('heaps');
  const { threadBytes } = await server.query('heaps');
  return threadBytes.reduce((sum, bytes) => sum + bytes, 0);
}

async function payInParallel({ get, post }) {
  await inParallel({ count: PAYMENTS, places: IN_PARALLEL }, async () => {
    const { id } = await post('/payments', { amount: AMOUNT, paymentMethod: 'pm_ok' });
    await untilCaptured({ get, id });
  });
}
