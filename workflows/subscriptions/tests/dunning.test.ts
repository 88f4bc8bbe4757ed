import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

/** Returns a subscription that paid its first month; later charges are declined. */
async function aboutToFail(): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan(), userId: await world.user() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  await world.payWith(id, 'pm_declined');
  return id;
}
const failed = async () => {
  const id = await aboutToFail();
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + HOUR));
  await world.until(id, 'past_due');
  return { id, failedAt: nextPeriodAt };
};
const daysAfter = async (id: string, from: Date, types: string[]) =>
  (await world.events(id))
    .filter(({ type }) => types.includes(type))
    .map(({ type, at }) => [type.replace('subscription.', ''), Math.round((at.getTime() - from.getTime()) / DAY)]);

describe('dunning', () => {
  it('retries after 1, 3, 5 and 7 days with a mail each, then stops, and cancels 14 days later', async () => {
    const { id, failedAt } = await failed();
    await world.advance(id, 30 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(
      await daysAfter(id, failedAt, ['subscription.payment_failed', 'subscription.unpaid', 'subscription.cancelled']),
    ).toEqual([
      ['payment_failed', 0],
      ['payment_failed', 1],
      ['payment_failed', 3],
      ['payment_failed', 5],
      ['unpaid', 7],
      ['cancelled', 21],
    ]);
    expect(await world.mails(id)).toEqual([
      'renewalFailed',
      'renewalFailed',
      'renewalFailed',
      'renewalFailed',
      'subscriptionUnpaid',
      'subscriptionCancelled',
    ]);
    expect((await world.invoices(id)).map(({ state, attempts }) => [state, attempts.length])).toEqual([
      ['paid', 1],
      ['uncollectible', 5],
    ]);
    const payments = await world.payments(id);
    expect(new Set(payments.map(({ _id }) => _id)).size).toBe(6);
    expect(await world.bankBalance(id)).toMatchObject({ captured: 1000 });
    await recordHistory('subscription-dunning-to-cancel', world.handle(id));
  });

  it('stops with a new payment method, which is charged immediately; the schedule stays', async () => {
    const { id, failedAt } = await failed();
    await world.advance(id, 2 * DAY);
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    expect((await world.timeline(id)).slice(-2)).toEqual(['charge_retried', 'recovered']);
    expect(await daysAfter(id, failedAt, ['subscription.recovered'])).toEqual([['recovered', 2]]);
    await world.advance(id, 31 * DAY);
    const invoices = await world.invoices(id);
    expect(invoices.map(({ state }) => state)).toEqual(['paid', 'paid', 'paid']);
    expect(invoices[1]!.attempts.map(({ state }) => state)).toEqual(['failed', 'failed', 'paid']);
    expect(invoices[2]!.period.startAt).toBe(invoices[1]!.period.endAt);
    expect(await world.bankBalance(id)).toEqual({ captured: 3000, refunded: 0, authorisations: 3 });
  });

  it('continues its schedule when a new payment method is declined too', async () => {
    const { id, failedAt } = await failed();
    await world.payWith(id, 'pm_insufficient_funds');
    await waitFor(
      async () => (await world.invoices(id))[1]?.attempts.filter(({ state }) => state === 'failed').length === 2,
      { what: 'the second decline' },
    );
    await world.advance(id, 8 * DAY);
    expect(await daysAfter(id, failedAt, ['subscription.payment_failed', 'subscription.unpaid'])).toEqual([
      ['payment_failed', 0],
      ['payment_failed', 0],
      ['payment_failed', 1],
      ['payment_failed', 3],
      ['payment_failed', 5],
      ['unpaid', 7],
    ]);
  });

  it('reactivates an unpaid subscription that is paid; time without service is not billed', async () => {
    const planId = await world.plan({ interval: 'week', amount: { amountMinor: 700, currency: 'EUR' } });
    const id = await world.subscribe({ planId });
    await world.until(id, 'active');
    await world.payWith(id, 'pm_declined');
    const { nextPeriodAt } = await world.read(id);
    await world.advanceTo(id, new Date(nextPeriodAt.getTime() + 10 * DAY));
    await world.until(id, 'unpaid');
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    await waitFor(async () => (await world.invoices(id)).length === 3 && (await world.read(id)).charge === null, {
      what: 'the next period to be charged',
    });
    const [, late, next] = await world.invoices(id);
    expect(late!.state).toBe('paid');
    // The unpaid week ended three days ago: those days were without service.
    expect(Date.parse(next!.period.startAt) - Date.parse(late!.period.endAt)).toBeGreaterThan(2.9 * DAY);
    expect(await world.mails(id)).toEqual([]);
  });

  it('follows the schedule of its partner', async () => {
    await world.database.models.partners.updateOne(
      { _id: world.partnerId },
      { $set: { dunning: { retryAfterDays: [2], cancelAfterDays: 3 } } },
    );
    try {
      const { id, failedAt } = await failed();
      await world.advance(id, 10 * DAY);
      expect(
        await daysAfter(id, failedAt, ['subscription.payment_failed', 'subscription.unpaid', 'subscription.cancelled']),
      ).toEqual([
        ['payment_failed', 0],
        ['unpaid', 2],
        ['cancelled', 5],
      ]);
    } finally {
      await world.database.models.partners.updateOne({ _id: world.partnerId }, { $set: { dunning: null } });
    }
  });

  it('refuses an immediate change and a pause while unpaid, and allows every cancel', async () => {
    const { id } = await failed();
    const planId = await world.plan({ name: 'Better', amount: { amountMinor: 2000, currency: 'EUR' } });
    await expect(world.command(id, 'changePlan', { planId, when: 'now' })).rejects.toMatchObject({
      code: 'INVOICE_OPEN',
    });
    await expect(world.command(id, 'pauseSubscription', {})).rejects.toMatchObject({ code: 'INVOICE_OPEN' });
    expect(await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })).toMatchObject({
      state: 'past_due',
    });
    await world.command(id, 'undoSubscriptionChange', {});
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'void']);
  });
});
