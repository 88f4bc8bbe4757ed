import {
  subscriptionId as workflowIdOf,
  subscriptionPaymentId,
} from '../../../src/contracts/subscriptions/subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = new Date().getUTCFullYear() + 1;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ partner: { timeZone: 'Europe/Berlin' } });
});
afterAll(() => world?.close());

const periodsOf = async (id: string) => (await world.invoices(id)).map(({ period }) => period.startAt);

describe('a subscription', () => {
  it('goes from its trial through a year of renewals, each charged once, and is cancelled', async () => {
    const planId = await world.plan({ trialDays: 14 });
    const id = await world.subscribe({ planId, userId: await world.user() });
    await world.until(id, 'trialing');
    const { trialEndAt, trialNoticeAt } = await world.read(id);
    // Three calendar days: an hour more or less where the clocks change meanwhile.
    expect(Math.abs(trialEndAt!.getTime() - trialNoticeAt!.getTime() - 3 * DAY)).toBeLessThanOrEqual(HOUR);
    await world.advanceTo(id, new Date(trialNoticeAt!.getTime() - HOUR));
    expect(await world.mails(id)).toEqual([]);
    await world.advanceTo(id, new Date(trialEndAt!.getTime() - HOUR));
    expect(await world.timeline(id)).toEqual(['accepted', 'trial_started', 'trial_ending']);
    expect(await world.mails(id)).toEqual(['trialEnding']);

    // The longest year, and a day more.
    await world.advance(id, 367 * DAY);
    const invoices = await world.invoices(id);
    expect(invoices).toHaveLength(13);
    expect(invoices.map(({ state, total }) => [state, total.amountMinor])).toEqual(invoices.map(() => ['paid', 1000]));
    for (const [index, invoice] of invoices.entries())
      if (index > 0) expect(invoice.period.startAt).toBe(invoices[index - 1]!.period.endAt);
    expect(await world.read(id)).toMatchObject({ state: 'active', charge: null });
    expect(await world.bankBalance(id)).toEqual({ captured: 13_000, refunded: 0, authorisations: 13 });
    const payments = await world.payments(id);
    expect(payments).toHaveLength(13);
    for (const [index, { createdAt }] of payments.entries())
      expect(Math.abs(createdAt.getTime() - Date.parse(invoices[index]!.period.startAt))).toBeLessThan(HOUR);
    expect((await world.timeline(id)).slice(3)).toEqual([
      'invoiced',
      'activated',
      ...Array.from({ length: 12 }, () => ['invoiced', 'renewed']).flat(),
    ]);

    const { historyLength } = await world.handle(id).describe();
    expect(historyLength).toBeLessThan(4096 / 2);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.handle(id).result()).toBe('cancelled');
    await recordHistory('subscription-renewal', world.handle(id));
    const child = subscriptionPaymentId({ subscriptionId: id, periodStart: invoices[1]!.period.startAt, attempt: 1 });
    await recordHistory('subscription-payment-paid', world.client.workflow.getHandle(child));
    expect(workflowIdOf(id)).toBe(`subscription/${id}`);
  });

  it('starts at startAt, and bills the ends of months at the same local time all year', async () => {
    const id = await world.subscribe({ planId: await world.plan(), startAt: `${YEAR}-01-31T09:00:00Z` });
    await world.advanceTo(id, new Date(`${YEAR}-01-31T08:59:00Z`));
    expect(await world.read(id)).toMatchObject({ state: 'accepted' });
    expect(await periodsOf(id)).toEqual([]);
    await world.advanceTo(id, new Date(`${YEAR}-04-30T12:00:00Z`));
    const february = new Date(Date.UTC(YEAR, 2, 0)).getUTCDate();
    // Summer time begins on the last Sunday of March.
    const march = new Date(Date.UTC(YEAR, 3, 0, 1));
    const isSummer = march.getUTCDate() >= 31 - march.getUTCDay();
    expect(await periodsOf(id)).toEqual([
      `${YEAR}-01-31T09:00:00.000Z`,
      `${YEAR}-02-${february}T09:00:00.000Z`,
      `${YEAR}-03-31T0${isSummer ? 8 : 9}:00:00.000Z`,
      `${YEAR}-04-30T08:00:00.000Z`,
    ]);
  });

  it.each([
    ['JPY', 3_000, 7],
    ['KWD', 12_345, 3],
  ])(
    'charges whole minor units of %s times the quantity, and less for a short first period',
    async (currency, amountMinor, quantity) => {
      const planId = await world.plan({ amount: { amountMinor, currency } });
      const id = await world.subscribe({ planId, quantity, startAt: `${YEAR}-06-16T00:00:00Z`, anchorDay: 1 });
      await world.advanceTo(id, new Date(`${YEAR}-07-02T00:00:00Z`));
      const [first, second, ...more] = await world.invoices(id);
      expect(more).toEqual([]);
      expect(second!.total).toEqual({ amountMinor: amountMinor * quantity, currency });
      // 15 of the 30 days from 1 June to 1 July, at 02:00 in Berlin.
      expect(first!.period).toEqual({ startAt: `${YEAR}-06-16T00:00:00.000Z`, endAt: `${YEAR}-07-01T00:00:00.000Z` });
      expect(first!.total.amountMinor).toBe(Math.floor((amountMinor * quantity) / 2));
      expect((await world.payments(id)).map(({ amount, state }) => [amount, state])).toEqual([
        [first!.total, 'captured'],
        [second!.total, 'captured'],
      ]);
    },
  );

  it('charges once when the charge was made without an answer', async () => {
    const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_timeout_after_charge' });
    await world.untilSettled(id);
    expect(await world.timeline(id)).toEqual(['accepted', 'invoiced', 'activated']);
    expect(await world.payments(id)).toHaveLength(1);
    expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
  });

  it('is cancelled by Temporal just as by an immediate cancel', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await world.until(id, 'active');
    await world.handle(id).cancel();
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'cancelled_in_temporal' });
  });

  it('does not touch a subscription that another run owns', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await world.until(id, 'active');
    await world.untilSettled(id);
    await world.database.models.subscriptions.updateOne({ _id: id }, { $set: { chain: 'another' } });
    await world.advance(id, 32 * DAY).catch(() => undefined);
    await expect(world.handle(id).result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect(await world.invoices(id)).toHaveLength(1);
  });
});
