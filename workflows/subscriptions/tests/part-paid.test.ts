import { acceptSubscription } from '../../../src/services/subscriptions/accept-subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The amount that somebody captures of the next payment in the gateway's dashboard before we do; minor units. */
let capturedByHand: number | null = null;
let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: (gateway) => ({
      ...gateway,
      async capture(input) {
        const amountMinor = capturedByHand;
        capturedByHand = null;
        if (amountMinor !== null)
          await gateway.capture({
            ...input,
            idempotencyKey: `${input.idempotencyKey}-by-hand`,
            amount: { amountMinor, currency: 'EUR' },
          });
        return gateway.capture(input);
      },
    }),
  });
});
afterAll(() => world?.close());

const lastInvoice = async (id: string) => (await world.invoices(id)).at(-1)!;

/** Returns a subscription of whose second month, of 1000, somebody captured 600 by hand. */
async function partPaid(): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan(), userId: await world.user() });
  await world.untilSettled(id);
  capturedByHand = 600;
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + HOUR));
  await world.until(id, 'past_due');
  return id;
}

describe('a renewal captured in part by hand', () => {
  it('stays open, and dunning charges only the rest', async () => {
    const id = await partPaid();
    const [{ nextAt }, first] = [(await world.read(id)).charge!, await lastInvoice(id)];
    expect(first).toMatchObject({
      state: 'open',
      paidAt: null,
      attempts: [{ attempt: 1, state: 'paid', paidMinor: 600, reason: 'paid_in_part' }],
    });
    expect((await world.events(id)).at(-1)).toMatchObject({
      type: 'subscription.paid_in_part',
      data: { invoiceId: first._id, paidMinor: 600, dueMinor: 400, nextAt: nextAt!.toISOString() },
    });
    expect(await world.mails(id)).toEqual(['renewalFailed']);
    expect((await world.read(id)).paidUntil!.toISOString()).toBe(first.period.startAt);

    await world.advance(id, DAY + HOUR);
    await world.until(id, 'active');
    const paid = await lastInvoice(id);
    expect(paid).toMatchObject({
      _id: first._id,
      state: 'paid',
      attempts: [{ paidMinor: 600 }, { attempt: 2, state: 'paid', paidMinor: 400, reason: null }],
    });
    expect((await world.payments(id)).map(({ amount, capturedMinor }) => [amount.amountMinor, capturedMinor])).toEqual([
      [1000, 1000],
      [1000, 600],
      [400, 400],
    ]);
    expect((await world.bankBalance(id)).captured).toBe(2000);
    expect((await world.read(id)).paidUntil!.toISOString()).toBe(paid.period.endAt);
    expect(await world.timeline(id)).toEqual([
      'accepted',
      'invoiced',
      'activated',
      'invoiced',
      'paid_in_part',
      'charge_retried',
      'recovered',
    ]);
  });

  it('charges the rest immediately to a new payment method', async () => {
    const id = await partPaid();
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    expect((await world.bankBalance(id)).captured).toBe(2000);
  });

  it('is refunded when the subscription is cancelled and its invoice voided', async () => {
    const id = await partPaid();
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await lastInvoice(id)).state).toBe('void');
    expect((await world.events(id)).at(-1)).toMatchObject({
      type: 'subscription.cancelled',
      data: { refundMinor: 600 },
    });
    await world.relay();
    await waitFor(async () => (await world.payments(id))[1]!.state === 'refunded', {
      what: 'the part to be refunded',
    });
    expect(await world.bankBalance(id)).toMatchObject({ captured: 1600, refunded: 600 });
    expect((await world.payments(id))[0]!.state).toBe('captured');
  });

  it.each([
    [600, 'uncollectible', null],
    [1000, 'paid', "the period's end"],
  ] as const)(
    'that dunning gave up is settled by a late capture: %i makes it %s, paid until %s',
    async (capturedMinor, state, paidUntil) => {
      const { database, tenantId } = world;
      const { models } = database;
      const at = new Date().toISOString();
      const planId = await world.plan();
      const {
        subscription: { _id: subscriptionId },
      } = await database.inTransaction((session) =>
        acceptSubscription({
          database,
          session,
          tenantId,
          customerId: 'c',
          planId,
          paymentMethod: 'pm_ok',
          correlationId: 'test',
          by: tester,
          at,
        }),
      );
      // The test stands in for the process.
      const step = (name: string) => ({ tenantId, subscriptionId, chain: 'chain', step: name, at });
      await world.activities.beginSubscription(step('begin'));
      const input = { periodStart: (await world.read(subscriptionId)).nextPeriodAt.toISOString(), attempt: 1 };
      const { paymentId } = await world.activities.createInvoice({ ...step('invoice'), ...input });
      await world.activities.cancelSubscription({
        ...step('cancel'),
        when: 'now',
        refund: 'none',
        reason: 'period_end',
      });
      await models.payments.updateOne(
        { _id: paymentId },
        { $set: { state: 'captured', authorisedMinor: 1000, capturedMinor } },
      );
      await world.activities.updateSubscription({
        ...step('charge'),
        ...input,
        payment: { state: 'captured', reason: null },
      });
      const invoice = await lastInvoice(subscriptionId);
      expect(invoice).toMatchObject({ state, attempts: [{ state: 'paid', paidMinor: capturedMinor }] });
      expect(await world.read(subscriptionId)).toMatchObject({
        state: 'cancelled',
        charge: null,
        paidUntil: paidUntil && new Date(invoice.period.endAt),
      });
      expect(await models.refunds.countDocuments({ paymentId })).toBe(0);
    },
  );

  it('keeps the captured part, and the rest stays due, when dunning gives up', async () => {
    const id = await partPaid();
    await world.database.models.subscriptions.updateOne({ _id: id }, { $set: { paymentMethod: 'pm_declined' } });
    await world.advance(id, 30 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await lastInvoice(id)).toMatchObject({
      state: 'uncollectible',
      attempts: [
        { state: 'paid', paidMinor: 600 },
        { state: 'failed' },
        { state: 'failed' },
        { state: 'failed' },
        { state: 'failed' },
      ],
    });
    expect((await world.payments(id)).slice(2).every(({ amount }) => amount.amountMinor === 400)).toBe(true);
    expect(await world.bankBalance(id)).toMatchObject({ captured: 1600, refunded: 0 });
  });
});
