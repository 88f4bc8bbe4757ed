import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { billedActionsOf } from '../src/testing/histories/billed-actions.ts';
import { cpuMsOf } from './measured-process.mjs';
import { waits } from './until.mjs';

/** V8 compiles and collects what the start has left. */
const SETTLE_MS = 30_000;
const IDLE_MS = 10_000;
const WARM_UP = 30;
const UNITS = 20;
const AMOUNT = { amountMinor: 1900, currency: 'EUR' };
const { until } = waits({ withinMs: 120_000 });

/**
 * Measures what one payment, refund, onboarding with a profile and renewal cost every process, idle work subtracted:
 * commands to MongoDB, calls to Redis, calls of the worker to Temporal, events of the histories, billed actions, CPU.
 * The units are done one after another, each awaited at Temporal and in the outbox, so that no request polls.
 */
export async function measureCosts({ startRole, createTenant, mongodbUri, redisUrl, temporalAddress, serverPids }) {
  const roles = [];
  const connection = await Connection.connect({ address: temporalAddress });
  const database = await mongoose.createConnection(mongodbUri).asPromise();
  const redis = new Redis(redisUrl);
  try {
    for (const role of ['sandbox', 'worker', 'api']) roles.push(await startRole(role, { env: { BENCH_COUNT: '1' } }));
    const [sandbox, worker, api] = roles;
    const tenant = await createTenant({ url: api.url, mode: 'sandbox' });
    const { workflow } = new Client({ connection });
    const world = { ...tenant, database, workflow };
    const read = () => readUsage({ sandbox, worker, api, redis, serverPids });
    await sleep(SETTLE_MS);
    const perMs = perUnit(await between(read, () => sleep(IDLE_MS)), IDLE_MS);
    const rows = [];
    for (const { name, prepare = async () => undefined, run, warmUp = WARM_UP } of units) {
      const prepared = await prepare(world);
      for (let unit = 0; unit < warmUp; unit += 1) await run(world, prepared);
      await untilSent(database);
      const before = await readHistories(workflow);
      const begun = performance.now();
      const used = await between(read, async () => {
        for (let unit = 0; unit < UNITS; unit += 1) await run(world, prepared);
        await untilSent(database);
      });
      const ms = performance.now() - begun;
      const net = Object.fromEntries(Object.entries(used).map(([key, value]) => [key, value - perMs[key] * ms]));
      const after = await readHistories(workflow);
      const recorded = { events: after.events - before.events, actions: after.actions - before.actions };
      rows.push({ name, ...perUnit({ ...net, ...recorded }, UNITS) });
    }
    return { units: UNITS, rows, idlePerSecond: perUnit(perMs, 1 / 1000) };
  } finally {
    redis.disconnect();
    await database.close();
    await connection.close();
    for (const role of roles.toReversed()) await role.end();
  }
}

/** Runs the work and returns by how much each figure has grown. */
export async function between(read, work) {
  const before = await read();
  await work();
  const after = await read();
  return Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]]));
}

/** Returns each figure divided by the number of units. */
export const perUnit = (figures, units) =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, value / units]));

async function readUsage({ sandbox, worker, api, redis, serverPids }) {
  const [ofSandbox, ofWorker, ofApi] = await Promise.all([sandbox, worker, api].map((role) => role.query('usage')));
  return {
    mongodbApi: ofApi.sent.mongodb,
    mongodbWorker: ofWorker.sent.mongodb,
    redisCalls: ofApi.sent.redis + ofWorker.sent.redis,
    redisCommands: Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))[1]),
    temporalWorker: await temporalRequests(worker),
    cpuApi: ofApi.cpuMicros / 1000,
    cpuWorker: ofWorker.cpuMicros / 1000,
    cpuSandbox: ofSandbox.cpuMicros / 1000,
    cpuTemporal: cpuMsOf(serverPids.temporal),
    cpuMongodb: cpuMsOf(serverPids.mongodb),
    cpuRedis: cpuMsOf(serverPids.redis),
  };
}

/** Returns the worker's calls to Temporal; a poll that waits for a task is none. */
async function temporalRequests({ adminUrl }) {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const counts = [...text.matchAll(/^temporal_request_total\{[^}]*\} (\d+)/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Resolves when the relay has nothing left to send. */
export const untilSent = (database) =>
  until(
    async () => (await database.collection('outbox').countDocuments({ open: true })) === 0,
    'the outbox to be sent',
  );

/** Returns the events of all histories, and the actions that Temporal Cloud bills for them. */
async function readHistories(workflow) {
  const sum = { events: 0, actions: 0 };
  for await (const { workflowId, runId } of workflow.list()) {
    const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
    sum.events += events.length;
    sum.actions += billedActionsOf(events).length;
  }
  return sum;
}

/** Resolves when the workflow has ended. */
const untilEnded = async ({ workflow }, id) => {
  const exists = () => workflow.getHandle(id).describe();
  await until(
    () =>
      exists().then(
        () => true,
        () => false,
      ),
    `${id} to start`,
  );
  await workflow.getHandle(id).result();
};

const pay = async (world) => {
  const body = {
    amount: AMOUNT,
    paymentMethod: 'pm_ok',
    description: 'Invoice 2026-117',
    metadata: { order: 'A 117' },
  };
  const { id } = await world.post('/payments', body);
  await untilEnded(world, `processPayment/${id}`);
  return id;
};

const refund = async (world) => {
  const paymentId = world.paid.pop();
  const { id } = await world.post(`/payments/${paymentId}/refunds`, { reason: 'requested_by_customer' });
  await untilEnded(world, `refundPayment/${id}`);
};

const onboard = async (world) => {
  const body = {
    email: `${randomUUID()}@example.com`,
    name: 'Ada Lovelace',
    locale: 'de',
    timeZone: 'Europe/Berlin',
    metadata: { customer: 'C 117' },
  };
  const { id } = await world.post('/onboardings', body);
  const mail = () => world.database.collection('sandbox_mails').findOne({ entityId: id, template: 'verification' });
  await until(async () => (await mail()) !== null, 'the mail to be ordered');
  const { items } = await world.get(`/sandbox/mails?entityId=${id}`);
  const [, token] = /\/verify\/(\S+)/.exec(items[0].text);
  await world.post(`/onboardings/${id}/verification`, { token });
  await world.post(`/onboardings/${id}/profile`, { displayName: 'Ada', company: 'Analytical Engines' });
  await untilEnded(world, `userOnboarding/${id}`);
};

const subscribe = async (world) => {
  const plan = await world.post('/plans', { name: 'Monthly', amount: AMOUNT, interval: 'month' });
  const body = { customerId: 'cust 1', planId: plan.id, paymentMethod: 'pm_ok' };
  const { id } = await world.post('/subscriptions', body);
  const state = async () => (await world.database.collection('subscriptions').findOne({ _id: id })).state;
  await until(async () => (await state()) === 'active', `${id} to be active`);
  return id;
};

const renew = async (world) => {
  const { id } = await world.post('/sandbox/clock/advance', { by: 'P1M' });
  const state = async () => (await world.database.collection('operations').findOne({ _id: id })).state;
  await until(async () => (await state()) === 'completed', 'the advance to end');
};

const units = [
  { name: 'a payment', run: pay },
  {
    name: 'a refund',
    prepare: async (world) => {
      world.paid = [];
      for (let unit = 0; unit < WARM_UP + UNITS; unit += 1) world.paid.push(await pay(world));
    },
    run: refund,
  },
  { name: 'an onboarding with a profile', run: onboard },
  { name: 'a renewal, the advance by a month included', prepare: subscribe, run: renew, warmUp: 6 },
];
