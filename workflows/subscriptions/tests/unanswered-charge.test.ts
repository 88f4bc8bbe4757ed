import { randomUUID } from 'node:crypto';
import { createSilentGateway } from '../../../src/testing/faults/silent-gateway';
import { gatewayKey } from '../../../src/contracts/payments/payment';
import { subscriptionPaymentId } from '../../../src/contracts/subscriptions/subscription';
import { keepGatewayEvent } from '../../../src/services/payments/keep-gateway-event';
import { createPaymentCommands } from '../../../src/temporal/commands/payments/payment-commands';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const HOUR = 3_600_000;
const MINUTE = 60_000;

let world: SubscriptionWorld;
const bank = createSilentGateway('authorise');
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrapGateway: bank.wrap });
});
afterEach(() => {
  bank.silent = false;
});
afterAll(() => world?.close());

/** Lets the gateway answer again, and expects the end of the workflow with no money kept of the second period. */
const endsWithTheSecondPeriodRefunded = async (id: string) => {
  bank.silent = false;
  await world.advance(id, 2 * HOUR);
  expect(await world.handle(id).result()).toBe('cancelled');
  await world.relay();
  await waitFor(
    async () => {
      const { captured, refunded } = await world.bankBalance(id);
      return captured - refunded === 1000;
    },
    { what: 'nothing of the second period to be kept' },
  );
};
const active = async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
/** Returns a subscription whose renewal is charged without an answer. */
const renewsInSilence = async () => {
  const id = await active();
  bank.silent = true;
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + MINUTE));
  return id;
};
const settled = async (id: string) => {
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the charge to be paid' });
  return world.read(id);
};

describe('an unanswered charge', () => {
  it('of a subscription cancelled in Temporal ends with nothing kept', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    await world.handle(id).cancel();
    await world.until(id, 'cancelled');
    await endsWithTheSecondPeriodRefunded(id);
    await recordHistory('subscription-cancelled-in-temporal-payment-unknown', world.handle(id));
  });

  it('is queried until its outcome is known, and never made twice', async () => {
    const id = await renewsInSilence();
    await world.advance(id, 3 * HOUR);
    expect(await world.read(id)).toMatchObject({ state: 'active', charge: { status: 'pending', attempt: 1 } });
    await expect(world.command(id, 'pauseSubscription', {})).rejects.toMatchObject({ code: 'INVOICE_OPEN' });
    bank.silent = false;
    await world.advance(id, 2 * HOUR);
    await settled(id);
    await recordHistory(
      'subscription-payment-queried-again',
      world.client.workflow.getHandle(
        subscriptionPaymentId({
          subscriptionId: id,
          periodStart: (await world.invoices(id))[1]!.period.startAt,
          attempt: 1,
        }),
      ),
    );
    expect(await world.payments(id)).toHaveLength(2);
    expect(await world.bankBalance(id)).toEqual({ captured: 2000, refunded: 0, authorisations: 2 });
    expect((await world.timeline(id)).slice(-3)).toEqual(['invoiced', 'payment_pending', 'renewed']);
  });

  /** Returns a subscription whose renewal is `unknown`; the next scheduled query is an hour away. */
  const queriedHourly = async () => {
    const id = await renewsInSilence();
    const payment = await waitFor(
      async () => (await world.payments(id)).find(({ state, chain }) => state === 'unknown' && chain === null),
      { what: 'an unknown payment' },
    );
    bank.silent = false;
    return { id, payment };
  };

  it('is queried immediately when the gateway reports on it', async () => {
    const { id, payment } = await queriedHourly();
    const notice = {
      eventId: randomUUID(),
      type: 'authorisation.authorised',
      tenantId: world.tenantId,
      idempotencyKey: gatewayKey(payment._id, 'authorise'),
      authorisationId: 'auth_1',
    };
    const row = await keepGatewayEvent({ database: world.database, gateway: 'sandbox', notice, correlationId: 'test' });
    await world.starter.start(row!);
    await settled(id);
    expect(await world.bankBalance(id)).toEqual({ captured: 2000, refunded: 0, authorisations: 2 });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    await recordHistory('subscription-notified-of-its-payment', world.handle(id));
  });

  it('is queried immediately when its partner has cancelled the payment', async () => {
    const { id, payment } = await queriedHourly();
    const { client, database, starter, tenantId } = world;
    await createPaymentCommands({ client, database, starter })({
      tenantId,
      paymentId: payment._id,
      command: 'cancelPayment',
      commandId: randomUUID(),
      by: tester,
      at: new Date().toISOString(),
    });
    await world.relay();
    await world.until(id, 'past_due');
    expect((await world.payments(id))[1]!.state).toBe('cancelled');
  });

  it('is withdrawn before a new payment method is charged', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    bank.silent = false;
    await world.payWith(id, 'pm_slow');
    await settled(id);
    const { captured, refunded } = await world.bankBalance(id);
    expect(captured - refunded).toBe(2000);
    expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'paid']);
  });

  it('of a cancelled subscription ends when it is known, with nothing kept', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: { status: 'pending' } });
    await endsWithTheSecondPeriodRefunded(id);
  });
});
