import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform, type PlatformProcess } from '../../src/testing/platform/platform';
import { checkoutRoot } from '../../src/testing/servers/servers';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

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

/** Advances by DAYS, and kills and restarts a process on the way. A failed advance is repeated. */
async function advanceWithout(process: PlatformProcess): Promise<Operation[]> {
  const clock = (await app.get<{ now: string }>('/sandbox/clock')).body;
  const target = Date.parse(clock.now) + DAYS * 86_400_000;
  const operations: Operation[] = [];
  for (let leftMs = target - Date.parse(clock.now); leftMs > 60_000;) {
    const { status, body } = await app.post<{ id: string }>('/sandbox/clock/advance', {
      body: { by: `PT${Math.ceil(leftMs / 1000)}S` },
    });
    expect(status).toBe(202);
    if (operations.length === 0) {
      await waitFor(async () => (await operation(body.id)).progress.done >= DAYS / 5, {
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
          const found = await operation(body.id);
          return found.state === 'running' ? null : found;
        },
        { what: 'the advance to end' },
      ),
    );
    leftMs = target - Date.parse((await app.get<{ now: string }>('/sandbox/clock')).body.now);
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
  const plan = await app.post<{ id: string }>('/plans', {
    body: { name: 'Weekly', amount: { amountMinor: 700, currency: 'EUR' }, interval: 'week' },
  });
  const { id } = (
    await app.post<{ id: string }>('/subscriptions', {
      body: { customerId: 'cust 1', planId: plan.body.id, paymentMethod: 'pm_ok' },
    })
  ).body;
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
