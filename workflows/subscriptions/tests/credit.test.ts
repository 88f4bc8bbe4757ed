import { createRecordRefunds } from '../../../src/queue/inline/record-refunds';
import { changeSubscription } from '../../../src/services/subscriptions/change-subscription';
import { endSubscription } from '../../../src/services/subscriptions/end-subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const settled = (id: string) => world.untilSettled(id);
const active = async (planId: string) => {
  const id = await world.subscribe({ planId });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
const refundsOf = async (id: string) => {
  const refunds = await world.database.models.refunds
    .find({ paymentId: { $in: (await world.payments(id)).map(({ _id }) => _id) } })
    .lean();
  return refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
};

/** Records the results of refunds on their subscriptions, as the relay does. */
async function recordRefunds(): Promise<void> {
  const rows = await world.database.models.outbox.find({ open: true, pending: 'refunds' }).lean();
  await createRecordRefunds({ database: world.database })(rows);
}

/** Returns a subscription whose 500 of credit paid half of a renewal; the charge of the other half was declined. */
async function creditInAnUnpaidRenewal(): Promise<string> {
  const planId = await world.plan();
  const id = await active(planId);
  await world.command(id, 'changePlan', {
    planId: await world.plan({ name: 'Better', amount: eur(1500) }),
    when: 'now',
  });
  await settled(id);
  await world.command(id, 'changePlan', { planId, when: 'now' });
  await world.payWith(id, 'pm_declined');
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + HOUR));
  await world.until(id, 'past_due');
  const renewal = (await world.invoices(id)).at(-1)!;
  expect(renewal.creditApplied.amountMinor).toBeGreaterThanOrEqual(499);
  expect((await world.read(id)).creditBalance.amountMinor).toBe(0);
  return id;
}

describe('the credit of a cancelled subscription', () => {
  it('returns with the invoice that used it, and is part of a prorated refund', async () => {
    const id = await creditInAnUnpaidRenewal();
    const {
      creditApplied: { amountMinor: credit },
    } = (await world.invoices(id)).at(-1)!;
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'prorated' });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.invoices(id)).at(-1)).toMatchObject({ state: 'void' });
    expect(await refundsOf(id)).toBe(credit);
    expect((await world.read(id)).creditBalance.amountMinor).toBe(0);
    expect((await world.events(id)).at(-1)!.data.refundMinor).toBe(credit);
  });

  it('is refunded when dunning ends, even where the open invoice had used it', async () => {
    const id = await creditInAnUnpaidRenewal();
    const {
      creditApplied: { amountMinor: credit },
    } = (await world.invoices(id)).at(-1)!;
    await world.advance(id, 40 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.invoices(id)).at(-1)).toMatchObject({ state: 'uncollectible' });
    expect(await refundsOf(id)).toBe(credit);
    expect(await world.read(id)).toMatchObject({ reason: 'unpaid', creditBalance: eur(0), owed: eur(0) });
  });

  it("is refunded at the period's end from the payment it came from; a failed refund is owed", async () => {
    const id = await world.subscribe({
      planId: await world.plan({ name: 'Yearly', interval: 'year', amount: eur(12_000) }),
      paymentMethod: 'pm_refund_fails',
      userId: await world.user(),
    });
    await world.until(id, 'active');
    await world.untilSettled(id);
    await world.command(id, 'changePlan', { planId: await world.plan(), when: 'now' });
    const { amountMinor: credit } = (await world.read(id)).creditBalance;
    expect(credit).toBeGreaterThan(10_990);
    await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'prorated' });
    await world.advance(id, 32 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    const ended = await world.read(id);
    expect([await refundsOf(id), ended.creditBalance, ended.owed]).toEqual([credit, eur(0), eur(0)]);

    await world.relay();
    const failed = { state: 'failed', parentId: id } as const;
    await waitFor(() => world.database.models.refunds.exists(failed), { what: 'the refund to fail' });
    for (let time = 0; time < 2; time++) await recordRefunds();
    expect((await world.read(id)).owed).toEqual(eur(credit));
    expect(await world.timeline(id)).toEqual(expect.arrayContaining(['cancelled', 'refund_failed']));
    expect(await world.mails(id)).toEqual(['subscriptionCancelled', 'refundFailed']);
    const listed = { entityId: id, kind: 'refund_owed', open: true } as const;
    expect(await world.database.models.stuckItems.find(listed).lean()).toHaveLength(1);
    // The payment can be refunded again.
    expect((await world.payments(id))[0]).toMatchObject({ state: 'captured', pendingRefundMinor: 0 });
  });

  it('is refunded from the payment it came from, even when its period is long over', async () => {
    const id = await active(await world.plan({ name: 'Month', amount: eur(10_000) }));
    await world.command(id, 'changePlan', {
      planId: await world.plan({ name: 'Week', interval: 'week', amount: eur(100) }),
      when: 'now',
    });
    await settled(id);
    await world.advance(id, 38.5 * DAY);
    const weeks = (await world.invoices(id)).length - 1;
    expect(weeks).toBe(6);
    const { creditBalance } = await world.read(id);
    expect(creditBalance.amountMinor).toBeGreaterThan(9000);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'prorated' });
    expect(await world.handle(id).result()).toBe('cancelled');
    // Five weeks are over, half of the sixth is not; the first moments of the month are rounded.
    expect(Math.abs((await refundsOf(id)) - (10_000 - 550))).toBeLessThanOrEqual(2);
    expect((await world.read(id)).creditBalance.amountMinor).toBe(0);
  });

  it('is not returned by an end that finds its invoice paid already, by credit alone', async () => {
    const id = await active(await world.plan());
    const { database, tenantId } = world;
    const { _id: invoiceId, period } = (await world.invoices(id))[0]!;
    await database.models.invoices.updateOne({ _id: invoiceId }, { $set: { creditApplied: eur(1000) } });
    const charge = { invoiceId, periodStart: period.startAt, attempt: 1, status: 'pending', rung: 1 };
    await database.models.subscriptions.updateOne({ _id: id }, { $set: { charge } });
    const at = new Date().toISOString();
    await changeSubscription({ database, tenantId, subscriptionId: id, step: 'close', at }, (subscription) =>
      endSubscription({ database, subscription, invoiceBecomes: 'void', reason: 'closed_by_operator', at }),
    );
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', creditBalance: eur(0), owed: eur(0) });
    expect((await world.invoices(id))[0]).toMatchObject({ state: 'paid' });
  });
});
