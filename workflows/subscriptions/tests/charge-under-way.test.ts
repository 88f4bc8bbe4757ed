import type { WorkflowHandle } from '@temporalio/client';
import { deferred } from '../../../src/testing/deferred';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

let world: SubscriptionWorld;
/** While set, calls to the gateway wait for these promises. */
const held: { authorise: Promise<void> | null; capture: Promise<void> | null } = { authorise: null, capture: null };

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: (gateway) => ({
      ...gateway,
      async authorise(input) {
        await held.authorise;
        return gateway.authorise(input);
      },
      async capture(input) {
        await held.capture;
        return gateway.capture(input);
      },
    }),
  });
});
afterEach(() => {
  held.authorise = null;
  held.capture = null;
});
afterAll(() => world?.close());

/** Runs `act` while authorisations are held back. */
async function whileCharging<T>(act: () => Promise<T>): Promise<T> {
  const { promise, resolve } = deferred();
  held.authorise = promise;
  try {
    return await act();
  } finally {
    resolve();
  }
}
const eventsOf = async (handle: WorkflowHandle) => (await handle.fetchHistory()).events ?? [];
const better = () => world.plan({ name: 'Better', amount: { amountMinor: 3000, currency: 'EUR' } });

describe('while a charge is under way', () => {
  const charging = async (id: string) =>
    waitFor(async () => (await world.read(id)).charge?.status === 'pending', { what: 'a charge' });

  it('commands are answered, and those that need a paid invoice are refused', async () => {
    const planId = await world.plan();
    const [id, other] = [await world.subscribe({ planId }), await better()];
    await whileCharging(async () => {
      await charging(id);
      await expect(world.command(id, 'changePlan', { planId: other, when: 'now' })).rejects.toMatchObject({
        code: 'INVOICE_OPEN',
      });
      expect(await world.payWith(id, 'pm_ok')).toMatchObject({ state: 'accepted' });
    });
    await world.until(id, 'active');
  });

  it('a cancel during the capture refunds all of it', async () => {
    const { promise, resolve: release } = deferred();
    held.capture = promise;
    const id = await world.subscribe({ planId: await world.plan() });
    await waitFor(async () => (await world.payments(id))[0]?.state === 'capturing', { what: 'the capture' });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    release();
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.timeline(id)).slice(-2)).toEqual(['cancelled', 'paid_late']);
    expect((await world.invoices(id))[0]!.state).toBe('void');
    await world.relay();
    await waitFor(async () => (await world.bankBalance(id)).refunded === 1000, { what: 'the refund' });
  });

  it('a cancel voids the payment, and no money is kept', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await whileCharging(async () => {
      await charging(id);
      expect(await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' })).toMatchObject({
        state: 'cancelled',
      });
      expect((await world.invoices(id))[0]!.state).toBe('void');
      await waitFor(
        async () =>
          (await eventsOf(world.paymentHandle((await world.payments(id))[0]!._id))).some(
            (event) => event.workflowExecutionCancelRequestedEventAttributes,
          ),
        { what: 'the payment to be cancelled' },
      );
    });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.payments(id))[0]!.state).toBe('cancelled');
    expect(await world.bankBalance(id)).toMatchObject({ captured: 0, refunded: 0 });
  });

  it('a cancel in Temporal withdraws the payment and ends it', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await whileCharging(async () => {
      await charging(id);
      await world.handle(id).cancel();
      await world.until(id, 'cancelled');
      await waitFor(
        async () =>
          (await eventsOf(world.paymentHandle((await world.payments(id))[0]!._id))).some(
            (event) => event.workflowExecutionCancelRequestedEventAttributes,
          ),
        { what: 'the payment to be cancelled' },
      );
    });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'cancelled_in_temporal', charge: null });
    expect((await world.invoices(id))[0]!.state).toBe('void');
    expect(await world.bankBalance(id)).toMatchObject({ captured: 0, refunded: 0 });
    await recordHistory('subscription-cancelled-in-temporal-while-charging', world.handle(id));
  });
});
