import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform, type PlatformProcess } from '../../src/testing/platform/platform';
import { checkoutRoot } from '../../src/testing/servers/servers';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';
import { commandUntilAnswered } from '../../src/testing/worlds/onboard';

interface Operation {
  state: 'running' | 'completed' | 'failed';
  progress: { done: number; total: number };
  failure: { code: string } | null;
}
interface Invoice {
  state: string;
  period: { startAt: string };
  attempts: unknown[];
}

const AWAY_MS = 4000;
/** The days of each of three advances. */
const DAYS = casesOf({ short: 45, long: 100 });
/** The subscription is renewed every week. */
const INVOICES = Math.floor((3 * DAYS) / 7) + 1;
let platform: Platform;
let app: PartnerApp;
beforeAll(async () => {
  platform = await startPlatform({ name: 'advance-outages', sandbox: true, which: ['mongodb', 'redis', 'temporal'] });
  ({ app } = await enrolPartner(platform));
});
afterAll(() => platform?.stop(), 30_000);

const operation = async (id: string) => {
  const { status, body } = await app.get<Operation>(`/operations/${id}`);
  if (status !== 200) throw new Error(`GET /operations/${id}: ${status}`);
  return body;
};

/** Returns the instant at which the sandbox stands, in ms. */
const clockMs = () =>
  waitFor(
    async () => {
      const { status, body } = await app.get<{ now: string }>('/sandbox/clock');
      return status === 200 && Date.parse(body.now);
    },
    { what: 'the clock' },
  );

/** Advances by DAYS, and kills and restarts a process on the way. A failed advance is repeated. */
async function advanceWithout(process: PlatformProcess): Promise<Operation[]> {
  let leftMs = DAYS * 86_400_000;
  const target = (await clockMs()) + leftMs;
  const operations: Operation[] = [];
  while (leftMs > 60_000) {
    const by = `PT${Math.ceil(leftMs / 1000)}S`;
    const { status, body } = await commandUntilAnswered(app, '/sandbox/clock/advance', { by });
    expect(status).toBe(202);
    const operationId = String(body.id);
    if (operations.length === 0) {
      await waitFor(async () => (await operation(operationId)).progress.done >= DAYS / 5, {
        what: 'the advance to be under way',
        everyMs: 5,
      });
      await process.kill();
      await setTimeout(AWAY_MS);
      await process.start();
    }
    operations.push(
      await waitFor(
        async () => {
          const found = await operation(operationId);
          return found.state === 'running' ? null : found;
        },
        { what: 'the advance to end' },
      ),
    );
    leftMs = target - (await clockMs());
  }
  return operations;
}

async function verifyLedger(): Promise<number> {
  const root = checkoutRoot(__dirname);
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'dist/main.js'), '--verify-ledger'], {
    env: platform.environment,
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

it('an advance survives an outage of worker, api and gateway without missing a deadline', async () => {
  const terms = { name: 'Weekly', amount: { amountMinor: 700, currency: 'EUR' }, interval: 'week' };
  const planId = (await commandUntilAnswered(app, '/plans', terms)).body.id;
  const order = { customerId: 'cust 1', planId, paymentMethod: 'pm_ok' };
  const id = String((await commandUntilAnswered(app, '/subscriptions', order)).body.id);
  const state = async () => (await app.get<{ state: string }>(`/subscriptions/${id}`)).body.state;
  await waitFor(async () => (await state()) === 'active', { what: 'the subscription to be active' });

  for (const process of [platform.workers[0]!, platform.apis[0]!, platform.sandbox!]) {
    const operations = await advanceWithout(process);
    expect(operations.at(-1)).toMatchObject({ state: 'completed', failure: null });
    for (const { failure } of operations.slice(0, -1))
      expect(['ACTIVITY_FAILING', 'WORKFLOW_STALLED']).toContain(failure?.code);
  }

  expect(await state()).toBe('active');
  const { items } = (await app.get<{ items: Invoice[] }>(`/subscriptions/${id}/invoices?limit=100`)).body;
  expect(items.length).toBeGreaterThanOrEqual(INVOICES);
  expect(new Set(items.map(({ period }) => period.startAt)).size).toBe(items.length);
  expect(items.map((invoice) => [invoice.state, invoice.attempts.length])).toEqual(items.map(() => ['paid', 1]));
  const events = (await app.get<{ items: { type: string; at: string }[] }>(`/subscriptions/${id}/events?limit=100`))
    .body.items;
  expect(events.map(({ type }) => type)).not.toContain('subscription.past_due');
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted());
  expect(await verifyLedger()).toBe(0);
});
