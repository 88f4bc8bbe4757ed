import { quietTemporal } from '../../src/testing/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../src/testing/subscription-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

describe('renewals', () => {
  it('takes a subscription from its trial through a year of renewals, each period charged once', async () => {
    const planId = await world.plan({ trialDays: 14 });
    const id = await world.subscribe({ planId, userId: await world.user() });
    await world.until(id, 'trialing');
    const { trialEndAt } = await world.read(id);
    await world.advanceTo(id, new Date(trialEndAt!.getTime() - HOUR));
    expect(await world.timeline(id)).toEqual(['accepted', 'trial_started', 'trial_ending']);
    expect(await world.mails(id)).toEqual(['trialEnding']);
    await world.advance(id, 366 * DAY);
    const invoices = await world.invoices(id);
    expect(invoices).toHaveLength(13);
    expect(invoices.every(({ state }) => state === 'paid')).toBe(true);
    for (const [index, invoice] of invoices.entries()) if (index > 0) expect(invoice.period.startAt).toBe(invoices[index - 1]!.period.endAt);
    expect(await world.read(id)).toMatchObject({ state: 'active', charge: null });
    expect(await world.bankBalance(id)).toEqual({ captured: 13_000, refunded: 0, authorisations: 13 });
    expect((await world.timeline(id)).slice(3, 7)).toEqual(['invoiced', 'activated', 'invoiced', 'renewed']);
  });
});
