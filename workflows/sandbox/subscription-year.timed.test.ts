import { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities';
import { createSandboxClockActivities } from '../../activities/sandbox-clock';
import { translateDomainError } from '../../activities/translate-domain-error';
import { taskQueues } from '../../src/contracts/task-queues';
import { createClock, type Clock } from '../../src/models/clock';
import { createSandboxClockMover } from '../../src/temporal/sandbox-clock';
import { acceptAdvance } from '../../src/temporal/sandbox-clock-commands';
import { quietTemporal } from '../../src/testing/quiet-temporal';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../src/testing/subscription-world';
import { waitFor } from '../../src/testing/wait-for';
import { workflowBundle } from '../../src/testing/workflow-bundle';

const DAY = 86_400_000;

let world: SubscriptionWorld;
let clock: Clock;
let stop: () => Promise<void>;

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
  const { client, database, starter } = world;
  const connection = await NativeConnection.connect({ address: process.env.TEST_TEMPORAL_ADDRESS });
  clock = createClock({ database });
  const activities = createSandboxClockActivities({ sandboxClock: createSandboxClockMover({ client, database, starter }) } as never) as Partial<Activities>;
  const worker = await Worker.create({
    connection, namespace: client.options.namespace, taskQueue: taskQueues.operations, activities, interceptors: { activity: [translateDomainError] },
    workflowBundle,
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
});
afterAll(async () => {
  await stop();
  await world.close();
});

async function advance(by: string) {
  const { database, tenantId, starter } = world;
  const now = await clock.now(tenantId);
  const began = performance.now();
  const { operation, row } = await database.inTransaction((session) => acceptAdvance({ database, session, tenantId, by, actor: tester, now, correlationId: 'test' }));
  await starter.start(row);
  const ended = await waitFor(async () => {
    const found = await database.models.operations.findById(operation._id).lean().orFail();
    return found.state === 'running' ? null : found;
  }, { what: `the advance by ${by}`, timeoutMs: 200_000, everyMs: 20 });
  const tookMs = Math.round(performance.now() - began);
  process.stderr.write(`The advance by ${by} took ${tookMs} ms\n`);
  expect(ended).toMatchObject({ state: 'completed', failure: null });
  return tookMs;
}

/** What a partner would wait for. */
const YEAR_WITHIN_MS = 10_000;

it('carries a subscription through a year: trial, a declined renewal, dunning and recovery, each at its time', async () => {
  const planId = await world.plan({ trialDays: 14 });
  const id = await world.subscribe({ planId, paymentMethod: 'pm_decline_on_renewal' });
  await world.until(id, 'trialing');
  let yearMs = await advance('P16D');
  await world.until(id, 'active');
  yearMs += await advance('P30D');
  await world.until(id, 'past_due');
  await world.payWith(id, 'pm_ok');
  await world.until(id, 'active');
  yearMs += await advance('P319D');
  process.stderr.write(`The year of one subscription took ${yearMs} ms\n`);

  const invoices = await world.invoices(id);
  expect(invoices.map(({ state }) => state)).toEqual(Array.from({ length: 12 }, () => 'paid'));
  const events = await world.events(id);
  const times = events.map(({ at }) => at.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(330 * DAY);
  expect((await clock.now(world.tenantId)).getTime() - Date.now()).toBeGreaterThan(364 * DAY);
  expect(yearMs).toBeLessThan(YEAR_WITHIN_MS);
});

it('carries five of them through a year side by side', async () => {
  const planId = await world.plan();
  const at = (await clock.now(world.tenantId)).toISOString();
  const ids = await Promise.all(Array.from({ length: 5 }, () => world.subscribe({ planId, at })));
  for (const id of ids) await world.until(id, 'active');
  await advance('P1Y');
  for (const id of ids) expect((await world.invoices(id)).length).toBeGreaterThanOrEqual(12);
});
