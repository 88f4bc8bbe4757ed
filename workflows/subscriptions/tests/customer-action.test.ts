import { paymentReported, subscriptionPaymentId } from '../../../src/contracts/subscriptions/subscription';
import { paymentTimes } from '../../../src/domain/payments/payment';
import { waitOfSubscription } from '../../../src/http/subscriptions/present-subscription';
import { deferred } from '../../../src/testing/deferred';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const MINUTE = 60_000;
/** Well before the next scheduled query. */
const IMMEDIATELY_MS = 20_000;

let world: SubscriptionWorld;
/** Holds the end of a charge back. */
let gate: { arrived: () => void; open: Promise<void> } | null = null;
const bank = createFaultyGateway();
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: bank.wrap,
    wrap: (activities) => ({
      ...activities,
      async updateSubscription(input) {
        const held = gate;
        held?.arrived();
        await held?.open;
        return activities.updateSubscription(input);
      },
    }),
  });
});
afterEach(() => {
  gate = null;
});
afterAll(() => world?.close());

const subscribed = async () => world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_requires_action' });
/** Returns a subscription whose first charge waits for the customer, while no child queries it. */
const waiting = async () => {
  const id = await subscribed();
  await waitFor(async () => (await world.read(id)).charge?.until, { what: 'the deadline of the confirmation' });
  await noChild(id);
  return id;
};
const noChild = async (id: string) => {
  const { charge } = await world.read(id);
  const workflowId = subscriptionPaymentId({
    subscriptionId: id,
    periodStart: charge!.periodStart,
    attempt: charge!.attempt,
  });
  await waitFor(
    async () => (await world.client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED',
    { what: 'the child to end' },
  );
};
/** Advances until the next query is half an hour away. */
const afterManyQueries = async (id: string) => {
  await world.advance(id, 7 * MINUTE);
  await noChild(id);
};
const payment = async (id: string) => (await world.payments(id))[0]!;
const paymentEvents = async (id: string) => (await world.events((await payment(id))._id)).map(({ type }) => type);

describe('a charge that its customer has to confirm', () => {
  it('is voided after an hour, which the subscription shows as its deadline', async () => {
    const id = await waiting();
    const { until, since } = await payment(id);
    expect(until!.getTime() - since.getTime()).toBe(paymentTimes.actionMs);
    expect(waitOfSubscription(await world.read(id))).toEqual({
      what: expect.stringContaining('final result'),
      until: until!.toISOString(),
    });
    await afterManyQueries(id);
    await world.advance(id, 60 * MINUTE);
    expect(await payment(id)).toMatchObject({ state: 'cancelled', reason: 'customer_did_not_act' });
    const failed = (await world.events(id)).find(({ type }) => type === 'subscription.payment_failed')!;
    expect(failed.at.getTime() - until!.getTime()).toBeLessThan(MINUTE);
    expect(failed.at.getTime()).toBeGreaterThanOrEqual(until!.getTime());
  });

  it('is asked for by mail where the customer is absent, who has 23 hours', async () => {
    const id = await world.subscribe({
      planId: await world.plan(),
      userId: await world.user(),
      trialDays: 1,
      paymentMethod: 'pm_requires_action',
    });
    await world.until(id, 'trialing');
    await world.advance(id, 25 * 60 * MINUTE);
    await waitFor(async () => (await world.read(id)).charge?.until, { what: 'the deadline of the confirmation' });
    const { _id, until, since, purpose } = await payment(id);
    expect([purpose, until!.getTime() - since.getTime()]).toEqual(['renewal', paymentTimes.absentActionMs]);
    expect(await world.mails(id)).toEqual(['trialEnding', 'paymentConfirmation']);
    const row = await world.database.models.outbox.findOne({ 'mail.template': 'paymentConfirmation' }).lean();
    expect(row!.mail!.data).toMatchObject({ paymentId: _id, amountMinor: 1000, until: until!.toISOString() });
  });

  it('is released once for all queries', async () => {
    const id = await waiting();
    await afterManyQueries(id);
    expect((await paymentEvents(id)).filter((type) => type === 'payment.released')).toHaveLength(1);
    expect((await world.read(id)).version).toBe((await world.events(id)).length);
  });

  it('is withdrawn immediately by a cancel between two queries, with its reason', async () => {
    const id = await waiting();
    await afterManyQueries(id);
    const began = Date.now();
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(Date.now() - began).toBeLessThan(IMMEDIATELY_MS);
    await recordHistory('subscription-payment-withdrawn-immediately', world.handle(id));
    expect(await payment(id)).toMatchObject({ state: 'cancelled', reason: 'subscription_cancelled' });
    expect((await world.invoices(id))[0]).toMatchObject({
      state: 'void',
      attempts: [{ state: 'failed', reason: 'subscription_cancelled' }],
    });
  });

  it('is withdrawn immediately by a cancel while a query ends', async () => {
    const id = await waiting();
    await afterManyQueries(id);
    const [arrival, opening] = [deferred(), deferred()];
    gate = { arrived: arrival.resolve, open: opening.promise };
    await world.handle(id).signal(paymentReported);
    await arrival.promise;
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    gate = null;
    const began = Date.now();
    opening.resolve();
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(Date.now() - began).toBeLessThan(IMMEDIATELY_MS);
    expect(await payment(id)).toMatchObject({ state: 'cancelled', reason: 'subscription_cancelled' });
  });

  it('is kept when the same card is sent again', async () => {
    const id = await waiting();
    const before = await payment(id);
    await world.payWith(id, before.paymentMethod);
    expect(await payment(id)).toMatchObject({ _id: before._id, state: 'requires_action', withdrawReason: null });
  });

  it('is replaced immediately by another card, with its reason', async () => {
    const id = await waiting();
    await afterManyQueries(id);
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    const [first, second] = await world.payments(id);
    expect([first!.state, first!.reason, second!.state]).toEqual(['cancelled', 'replaced', 'captured']);
    expect((await world.invoices(id))[0]!.attempts.map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'replaced'],
      ['paid', null],
    ]);
  });

  it('is replaced within seconds, not at its next scheduled query, where the first void gets no answer', async () => {
    const id = await waiting();
    await afterManyQueries(id);
    bank.faults.silent.add(`${(await payment(id))._id}:void`);
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    expect(bank.faults.silent.size).toBe(0);
  });
});

it('a cancel while the gateway is overloaded ends the payment and the subscription cancelled', async () => {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_flaky' });
  await waitFor(async () => (await world.payments(id))[0]?.state === 'authorising', {
    what: 'the authorisation to be under way',
    everyMs: 5,
  });
  await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
  expect(await world.handle(id).result()).toBe('cancelled');
  expect((await payment(id)).state).toBe('cancelled');
  expect((await payment(id)).reason).toBe('subscription_cancelled');
});
