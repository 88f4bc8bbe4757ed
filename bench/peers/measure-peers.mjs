import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { typeid } from 'typeid-js';
import { between, perUnit, untilSent } from '../measure-costs.mjs';
import { spread } from '../measure-requests.mjs';
import { cpuMsOf } from '../measured-process.mjs';
import { inParallel, waits } from '../until.mjs';
import { installPeers, MissingPeer } from './missing-peer.mjs';

const ROUNDS = 5;
const UNITS = 40;
/** Slices before the first that counts: V8 continues to optimise. */
const WARM_UP = 3;
/** Payments that are sent at a time. */
const PLACES = 10;
/** V8 compiles and collects what the slices before have left. */
const SETTLE_MS = 30_000;
const IDLE_MS = 5000;
const SLICE_WITHIN_MS = 120_000;
const PAYMENT = {
  amount: { amountMinor: 1900, currency: 'EUR' },
  paymentMethod: 'pm_ok',
  description: 'Invoice 2026-117',
};
// A look costs the database what no payment asks for.
const { until } = waits({ withinMs: SLICE_WITHIN_MS, everyMs: 100 });

/**
 * Measures the CPU and the throughput of a payment's own work in this platform, in bare BullMQ and in DBOS, in slices
 * that take turns. A peer that this machine cannot run is skipped, with the reason.
 */
export async function measurePeers(programs) {
  const started = [];
  const start = async (starting) => {
    started.push(await starting);
    return started.at(-1);
  };
  const database = await mongoose.createConnection(programs.mongodbUri).asPromise();
  try {
    const SANDBOX_WEBHOOK_URL = await acceptWebhooks();
    const sandbox = await start(programs.startRole('sandbox', { env: { SANDBOX_WEBHOOK_URL } }));
    const worker = await start(programs.startRole('worker'));
    const api = await start(programs.startRole('api'));
    const { mongodb, redis, temporal } = programs.serverPids;
    const bullmq = await start(startBullmq(programs));
    const systems = [
      {
        name: 'ours',
        worker,
        beside: [api, sandbox],
        pids: [mongodb, redis, temporal],
        ...payOurs({ programs, api, database }),
      },
      { name: 'BullMQ', worker: bullmq, beside: [sandbox], pids: [mongodb, redis], ...payAtPeer(bullmq) },
    ];
    const skipped = [];
    try {
      const postgres = await programs.startPostgres();
      started.push({ end: () => postgres.process.stop() });
      await installPeers();
      const dbos = await start(startDbos(programs, postgres));
      systems.push({ name: 'DBOS', worker: dbos, beside: [sandbox], pids: [postgres.process.pid], ...payAtPeer(dbos) });
    } catch (error) {
      if (!(error instanceof MissingPeer)) throw error;
      skipped.push({ name: 'DBOS', reason: error.message });
    }
    const rounds = await takeTurns(systems);
    for (const { name, countRows } of systems) checkRows(name, await countRows());
    return { rounds: ROUNDS, units: UNITS, rows: systems.map(({ name }) => rowOf(name, rounds)), skipped };
  } finally {
    await database.close();
    for (const server of started.toReversed()) await server.end();
  }
}

/**
 * Accepts the gateway's webhooks here, where their work is not counted: webhooks that nobody takes would be sent again
 * during later slices. Returns the URL.
 */
async function acceptWebhooks() {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return `http://127.0.0.1:${server.address().port}/`;
}

async function startBullmq({ startPeer, mongodbUri, redisUrl }) {
  const database = new URL(mongodbUri);
  database.pathname = '/bench-bullmq';
  const env = { MONGODB_URI: database.href, REDIS_URL: redisUrl };
  return startPeer({ name: 'BullMQ', script: 'bullmq-payments.mjs', env });
}

const startDbos = ({ startPeer }, { url }) =>
  startPeer({ name: 'DBOS', script: 'dbos-payments.mjs', env: { DATABASE_URL: url } });

/** Pays through the API. A slice has a tenant of its own, so that looks at its payments stay cheap. */
function payOurs({ programs: { createTenant }, api, database }) {
  const tenantIds = [];
  const count = (collection, filter) =>
    database.collection(collection).countDocuments({ tenantId: { $in: tenantIds }, ...filter });
  return {
    prepare: async () => {
      const client = await createTenant({ url: api.url, mode: 'sandbox' });
      tenantIds.push(client.tenantId);
      await untilSent(database);
      return client;
    },
    pay: async ({ tenantId, post }) => {
      const begun = performance.now();
      await inParallel({ count: UNITS, places: PLACES }, () => post('/payments', PAYMENT));
      const captured = { tenantId, state: 'captured' };
      await until(async () => (await database.collection('payments').countDocuments(captured)) === UNITS, 'captures');
      const seconds = (performance.now() - begun) / 1000;
      await untilSent(database);
      return seconds;
    },
    countRows: async () => ({
      payments: await count('payments', { state: 'captured' }),
      postings: await count('ledger_postings', {}),
      notifications: await count('events', { type: 'payment.notified' }),
    }),
  };
}

const payAtPeer = (server) => ({
  prepare: async () => Array.from({ length: UNITS }, () => typeid('pay').toString()),
  pay: async (ids) => {
    const pay = { ids, account: 'bench', ...PAYMENT };
    const { seconds } = await server.request({ message: { pay }, reply: 'paid', withinMs: SLICE_WITHIN_MS });
    return seconds;
  },
  countRows: () => server.query('rows'),
});

/** Returns a round's figures by the system's name, for each round that counts. */
async function takeTurns(systems) {
  for (let slice = 0; slice < WARM_UP; slice += 1) for (const { prepare, pay } of systems) await pay(await prepare());
  await sleep(SETTLE_MS);
  const idle = await Promise.all(
    systems.map(async (system) => perUnit(await between(cpuOf(system), () => sleep(IDLE_MS)), IDLE_MS)),
  );
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const figures = {};
    for (const [index, system] of systems.entries()) {
      const prepared = await system.prepare();
      const begun = performance.now();
      let seconds = 0;
      const used = await between(cpuOf(system), async () => {
        seconds = await system.pay(prepared);
      });
      const ms = performance.now() - begun;
      const [workerMs, allMs] = ['worker', 'all'].map((key) => (used[key] - idle[index][key] * ms) / UNITS);
      figures[system.name] = { workerMs, allMs, perSecond: UNITS / seconds };
    }
    rounds.push(figures);
  }
  return rounds;
}

/** Returns the reading of a system's CPU in milliseconds: of its worker alone, and of all that works for a payment. */
const cpuOf =
  ({ worker, beside, pids }) =>
  async () => {
    const usages = await Promise.all([worker, ...beside].map((server) => server.query('usage')));
    const [ofWorker, ...ofOthers] = usages.map(({ cpuMicros }) => cpuMicros / 1000);
    const sum = (figures) => figures.reduce((total, figure) => total + figure, 0);
    return { worker: ofWorker, all: ofWorker + sum(ofOthers) + sum(pids.map(cpuMsOf)) };
  };

/** @throws unless each payment has been captured, has its two postings, and its notification. */
function checkRows(name, { payments, postings, notifications }) {
  const made = (WARM_UP + ROUNDS) * UNITS;
  if (payments !== made || postings !== made * 2 || notifications !== made)
    throw new Error(
      `${name}: ${made} payments, ${payments} captured, ${postings} postings, ${notifications} notifications`,
    );
}

function rowOf(name, rounds) {
  const of = (figure) => spread(rounds.map((round) => figure(round[name], round.ours)));
  return {
    name,
    workerMs: of(({ workerMs }) => workerMs),
    allMs: of(({ allMs }) => allMs),
    perSecond: of(({ perSecond }) => perSecond),
    ...(name !== 'ours' && {
      oursOverWorker: of((peer, ours) => ours.workerMs / peer.workerMs),
      oursOverAll: of((peer, ours) => ours.allMs / peer.allMs),
      oursOverThroughput: of((peer, ours) => ours.perSecond / peer.perSecond),
    }),
  };
}
