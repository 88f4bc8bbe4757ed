import type { Activities } from '../../../activities';
import { subscriptionId as workflowIdOf } from '../../../src/contracts/subscriptions/subscription';
import { describeWorkflow } from '../../../src/temporal/time-skipping/time-skipping-api';
import { deferred } from '../../../src/testing/deferred';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Of the test's own clock; no duration of real time decides anything here. */
const STALL_AFTER_MS = 1000;

let world: SubscriptionWorld;
/** Runs before every step of a charge. */
let beforeStep: (step: string) => Promise<void>;
/** Lets every step continue, also where a test failed. */
let release: () => void;
let released: Promise<void>;
beforeEach(() => {
  beforeStep = async () => undefined;
  ({ promise: released, resolve: release } = deferred());
});
afterEach(() => release());
beforeAll(async () => {
  quietTemporal();
  const wrap = (activities: Activities) =>
    Object.fromEntries(
      Object.entries(activities).map(([name, run]) => [
        name,
        async (input: never) => {
          await beforeStep(name);
          return (run as (input: never) => Promise<unknown>)(input);
        },
      ]),
    ) as unknown as Activities;
  world = await openSubscriptionWorld({ wrap });
});
afterAll(() => world?.close());

async function subscribe(interval: 'week' | 'month'): Promise<string> {
  const at = (await world.clock.now(world.tenantId)).toISOString();
  const id = await world.subscribe({ planId: await world.plan({ interval }), at });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
}
/** Returns the milliseconds by which a subscription's workflow is ahead of its tenant's clock. */
async function aheadOfClock(id: string): Promise<number> {
  const snapshot = await describeWorkflow({ client: world.client, workflowId: workflowIdOf(id) });
  return snapshot!.offsetMs - (await world.clock.offsetMs(world.tenantId));
}

it('an advance waits for a renewal whose payment moves, however slowly', async () => {
  const id = await subscribe('month');
  let clockMs = 0;
  let checks = 0;
  let steps = 0;
  // Each step takes more than half of the limit, and all of them together several times the limit.
  beforeStep = async () => {
    steps += 1;
    clockMs += 0.6 * STALL_AFTER_MS;
    const before = checks;
    await Promise.race([released, waitFor(() => checks > before + 1, { what: 'two checks', everyMs: 2 })]);
  };
  const stallClock = () => {
    checks += 1;
    return clockMs;
  };
  expect(await advanceHere({ world, by: 'P32D', stallAfterMs: STALL_AFTER_MS, stallClock })).toBeNull();
  expect(steps).toBeGreaterThan(6);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'paid']);
});

it('a renewal that stands still ends the advance, with nothing a day ahead of the clock', async () => {
  const ids = [await subscribe('month'), await subscribe('week'), await subscribe('month')];
  let clockMs = 0;
  let isRunning = false;
  // The clock stands until the other subscriptions have been carried to the end of the hop.
  beforeStep = async (step) => {
    if (step !== 'checkPayment') return;
    const others = [ids[0]!, ids[2]!];
    await waitFor(async () => (await Promise.all(others.map(aheadOfClock))).every((ms) => ms > DAY / 2), {
      what: 'the other subscriptions to arrive',
    });
    isRunning = true;
    await released;
  };
  const stallClock = () => (clockMs += isRunning ? STALL_AFTER_MS / 10 : 0);
  const began = await world.clock.offsetMs(world.tenantId);
  expect(await advanceHere({ world, by: 'P20D', stallAfterMs: STALL_AFTER_MS, stallClock })).toMatchObject({
    code: 'WORKFLOW_STALLED',
    workflowId: workflowIdOf(ids[1]!),
    detail: expect.stringContaining('checkPayment'),
  });
  expect((await world.clock.offsetMs(world.tenantId)) - began).toBeGreaterThan(5.9 * DAY);
  for (const id of ids) {
    expect(await aheadOfClock(id)).toBeGreaterThan(-MINUTE);
    expect(await aheadOfClock(id)).toBeLessThan(DAY + MINUTE);
  }
  beforeStep = async () => undefined;
  release();
  expect(await advanceHere({ world, by: 'P20D' })).toBeNull();
  for (const id of ids)
    expect(new Set((await world.invoices(id)).map(({ state }) => state))).toEqual(new Set(['paid']));
});
