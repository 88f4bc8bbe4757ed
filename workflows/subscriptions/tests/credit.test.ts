import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
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

  it('returns with the invoice and stays credit when no refund is requested', async () => {
    const id = await creditInAnUnpaidRenewal();
    const { creditApplied } = (await world.invoices(id)).at(-1)!;
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await refundsOf(id)).toBe(0);
    expect((await world.read(id)).creditBalance).toEqual(creditApplied);
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
});
