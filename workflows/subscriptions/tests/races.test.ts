import { createSubscriptionChangeActivities } from '../../../activities/subscriptions/subscription-changes';
import { acceptRefund } from '../../../src/services/payments/accept-refund';
import type { Database } from '../../../src/models/database';
import { newOutboxRow } from '../../../src/services/new-outbox-row';
import {
  SUBSCRIPTION,
  SUBSCRIPTION_PAYMENT,
  subscriptionId as workflowIdOf,
  subscriptionPaymentId,
} from '../../../src/contracts/subscriptions/subscription';
import { taskQueues } from '../../../src/contracts/task-queues';
import { deferred } from '../../../src/testing/deferred';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const DAY = 86_400_000;

type Step = 'createInvoice' | 'updateSubscription' | 'authorise' | 'capture';
/** Steps that are held back: each counts its calls, and blocks them until it is released. */
const gates = new Map<Step, { arrived: number; open: Promise<void>; release: () => void }>();
const hold = (step: Step) => {
  const { promise: open, resolve: release } = deferred();
  const gate = { arrived: 0, open, release };
  gates.set(step, gate);
  return gate;
};
const pass = async (step: Step): Promise<void> => {
  const gate = gates.get(step);
  if (!gate) return;
  gate.arrived++;
  await gate.open;
};
/** Runs between the read and the write of the next cancel. */
let rival: (() => Promise<unknown>) | null = null;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrap: (activities) => ({
      ...activities,
      async createInvoice(input) {
        await pass('createInvoice');
        return activities.createInvoice(input);
      },
      async updateSubscription(input) {
        await pass('updateSubscription');
        return activities.updateSubscription(input);
      },
      async cancelSubscription(input) {
        const { database } = world;
        const inTransaction: Database['inTransaction'] = async (work) => {
          const happens = rival;
          rival = null;
          await happens?.();
          return database.inTransaction(work);
        };
        const raced = createSubscriptionChangeActivities({ database: { ...database, inTransaction } });
        return raced.cancelSubscription(input);
      },
    }),
    wrapGateway: (gateway) => ({
      ...gateway,
      async authorise(input) {
        await pass('authorise');
        return gateway.authorise(input);
      },
      async capture(input) {
        await pass('capture');
        return gateway.capture(input);
      },
    }),
  });
});
afterEach(() => {
  for (const { release } of gates.values()) release();
  gates.clear();
  rival = null;
});
afterAll(() => world?.close());

const active = async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
const refundByHand = async (paymentId: string, amountMinor: number) => {
  const { database, tenantId } = world;
  const at = new Date().toISOString();
  return database.inTransaction((session) =>
    acceptRefund({
      database,
      session,
      tenantId,
      paymentId,
      amount: { amountMinor, currency: 'EUR' },
      correlationId: 'test',
      by: tester,
      at,
    }),
  );
};
const refundedMinor = async (id: string) => {
  const refunds = await world.database.models.refunds
    .find({ paymentId: { $in: (await world.payments(id)).map(({ _id }) => _id) } })
    .lean();
  return refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
};
/** Restarts the workflow as an operator does. */
const restart = async (id: string) => {
  const { database, tenantId, starter } = world;
  await database.models.subscriptions.updateOne({ _id: id }, { $set: { chain: null } });
  const row = newOutboxRow({
    tenantId,
    entityType: 'subscription',
    entityId: id,
    correlationId: 'test',
    pending: ['temporal'],
    start: {
      workflowType: SUBSCRIPTION,
      workflowId: workflowIdOf(id),
      taskQueue: taskQueues.subscriptions,
      restart: true,
      input: { tenantId, subscriptionId: id, correlationId: 'test' },
    },
  });
  await starter.start(row);
};
const owned = (id: string) =>
  waitFor(async () => (await world.read(id)).chain !== null, { what: 'the new run to own the subscription' });
const childFailed = async (id: string) =>
  ((await world.handle(id).fetchHistory()).events ?? []).some(
    (event) => event.startChildWorkflowExecutionFailedEventAttributes,
  );

describe('a cancel between a renewal and its invoice', () => {
  it('ends the subscription there, and no further period is charged', async () => {
    const id = await active();
    const gate = hold('createInvoice');
    const { nextPeriodAt } = await world.read(id);
    const moving = world.advance(id, 32 * DAY).catch(() => undefined);
    await waitFor(() => gate.arrived > 0, { what: 'the renewal to begin' });
    expect(await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })).toMatchObject({
      state: 'active',
    });
    const { data } = (await world.events(id)).at(-1)!;
    expect(data.effectiveAt).toBe(nextPeriodAt.toISOString());
    gate.release();
    await moving;
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.invoices(id)).toHaveLength(1);
    expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
    expect((await world.timeline(id)).slice(-2)).toEqual(['cancel_waiting', 'cancelled']);
  });
});

describe('a manual refund', () => {
  it('of a payment captured after the cancel leaves nothing to refund, and the subscription ends', async () => {
    const [capture, update] = [hold('capture'), hold('updateSubscription')];
    const id = await world.subscribe({ planId: await world.plan() });
    await waitFor(() => capture.arrived > 0, { what: 'the capture' });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    capture.release();
    await waitFor(() => update.arrived > 0, { what: 'the result of the payment' });
    await refundByHand((await world.payments(id))[0]!._id, 1000);
    update.release();
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.events(id)).at(-1)).toMatchObject({ type: 'subscription.paid_late', data: { refundMinor: 0 } });
    expect(await refundedMinor(id)).toBe(1000);
  });

  it('during a prorated cancel counts: no more than was paid is refunded', async () => {
    const id = await active();
    const [payment] = await world.payments(id);
    rival = () => refundByHand(payment!._id, 800);
    expect(await world.command(id, 'cancelSubscription', { when: 'now', refund: 'prorated' })).toMatchObject({
      state: 'cancelled',
    });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await refundedMinor(id)).toBe(1000);
    expect((await world.events(id)).at(-1)!.data.refundMinor).toBe(200);
  });
});

describe('a restarted subscription', () => {
  it.each([
    ['its charge', false],
    ['the payment of its charge', true],
  ])('queries again later while %s still runs, and charges once', async (_what, withoutChild) => {
    const gate = hold('authorise');
    const id = await world.subscribe({ planId: await world.plan() });
    await waitFor(() => gate.arrived > 0, { what: 'the charge' });
    const { period } = (await world.invoices(id))[0]!;
    const child = world.client.workflow.getHandle(
      subscriptionPaymentId({ subscriptionId: id, periodStart: period.startAt, attempt: 1 }),
    );
    await world.handle(id).terminate('an outage');
    if (withoutChild) await child.terminate('an outage');
    await restart(id);
    await owned(id);
    if (withoutChild)
      await waitFor(async () => (await world.timeline(id)).includes('payment_pending'), {
        what: 'the charge to be left for later',
      });
    else await waitFor(() => childFailed(id), { what: 'the charge to be found running' });
    gate.release();
    await world.until(id, 'active');
    expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
    expect((await world.handle(id).describe()).status.name).toBe('RUNNING');
    expect((await child.describe()).type).toBe(SUBSCRIPTION_PAYMENT);
    await world.untilSettled(id);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    await recordHistory(
      `subscription-restarted-beside-${withoutChild ? 'its-payment' : 'its-charge'}`,
      world.handle(id),
    );
  });
});
