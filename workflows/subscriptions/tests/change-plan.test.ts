import { randomUUID } from 'node:crypto';
import { presentSubscription } from '../../../src/http/subscriptions/present-subscription';
import { previewPlanChange } from '../../../src/services/subscriptions/preview-plan-change';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

const active = async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
const settled = async (id: string) => {
  await world.untilSettled(id);
  return world.read(id);
};
const totals = async (id: string) =>
  (await world.invoices(id)).map(({ kind, state, total }) => [kind, state, total.amountMinor]);
const better = () => world.plan({ name: 'Better', amount: { amountMinor: 3000, currency: 'EUR' } });

describe('changePlan', () => {
  it('now charges the previewed difference for the rest of the period, then the new price', async () => {
    const id = await active();
    const planId = await better();
    const { period } = await world.read(id);
    await world.advance(id, 10 * DAY);
    const at = new Date(Date.now() + 10 * DAY).toISOString();
    const { database, tenantId } = world;
    const { invoice: preview } = await previewPlanChange({
      database,
      tenantId,
      subscriptionId: id,
      planId,
      when: 'now',
      clock: { nowFor: async () => new Date(at) },
    });
    expect(await world.command(id, 'changePlan', { planId, when: 'now' })).toMatchObject({ state: 'active' });
    await settled(id);
    const [, change] = await world.invoices(id);
    expect(change).toMatchObject({ kind: 'change', state: 'paid', period: { endAt: period!.endAt } });
    expect(change!.lines.map(({ kind }) => kind)).toEqual(['unused', 'remaining']);
    expect(Math.abs(change!.total.amountMinor - preview.total.amountMinor)).toBeLessThanOrEqual(1);
    expect(change!.total.amountMinor).toBeGreaterThan(1200);
    await world.advance(id, 31 * DAY);
    expect((await totals(id)).at(-1)).toEqual(['period', 'paid', 3000]);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    await world.handle(id).result();
    await recordHistory('subscription-plan-change', world.handle(id));
  });

  it('at the period’s end: waits, can be undone, and takes effect with the next invoice', async () => {
    const id = await active();
    const planId = await better();
    await world.command(id, 'changePlan', { planId, quantity: 2, when: 'period_end' });
    await expect(world.command(id, 'changePlan', { planId, when: 'now' })).rejects.toMatchObject({
      code: 'CHANGE_WAITING',
    });
    await world.command(id, 'undoSubscriptionChange', {});
    await expect(world.command(id, 'undoSubscriptionChange', {})).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' });
    await world.command(id, 'changePlan', { planId, quantity: 2, when: 'period_end' });
    expect((await world.read(id)).item.quantity).toBe(1);
    await world.advance(id, 32 * DAY);
    expect(await world.read(id)).toMatchObject({ item: { planId, quantity: 2 }, waiting: null });
    expect(await totals(id)).toEqual([
      ['period', 'paid', 1000],
      ['period', 'paid', 6000],
    ]);
  });

  /** Returns a subscription whose change at the end of the period is declined. */
  const declinedAtPeriodEnd = async () => {
    const id = await active();
    const [{ item, nextPeriodAt }, planId] = [await world.read(id), await better()];
    await world.command(id, 'changePlan', { planId, when: 'period_end' });
    await world.payWith(id, 'pm_declined');
    await world.advanceTo(id, new Date(nextPeriodAt.getTime() + DAY / 2));
    await world.until(id, 'past_due');
    expect(await world.read(id)).toMatchObject({ item, waiting: null });
    return { id, item, planId };
  };

  it('at the period’s end is dunned, and the plan becomes the new one when its invoice is paid', async () => {
    const { id, planId } = await declinedAtPeriodEnd();
    expect(presentSubscription(await world.read(id)).scheduled).toMatchObject({ what: 'change_plan', planId });
    await world.payWith(id, 'pm_ok');
    await world.until(id, 'active');
    expect(await world.read(id)).toMatchObject({ item: { planId }, charge: null });
    expect((await world.events(id)).at(-1)).toMatchObject({ type: 'subscription.recovered', data: { planId } });
    await world.advance(id, 32 * DAY);
    expect((await totals(id)).slice(1)).toEqual([
      ['period', 'paid', 3000],
      ['period', 'paid', 3000],
    ]);
  });

  it('at the period’s end, never paid, ends on the old plan', async () => {
    const { id, item } = await declinedAtPeriodEnd();
    await world.advance(id, 30 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.read(id)).toMatchObject({ item, reason: 'unpaid' });
    expect((await totals(id))[1]).toEqual(['period', 'uncollectible', 3000]);
  });

  it('to another interval begins a new period with the change', async () => {
    const id = await active();
    await world.advance(id, 5 * DAY);
    const planId = await world.plan({
      name: 'Yearly',
      interval: 'year',
      amount: { amountMinor: 9000, currency: 'EUR' },
    });
    await world.command(id, 'changePlan', { planId, when: 'now' });
    const { period } = await settled(id);
    expect(Date.parse(period!.endAt) - Date.parse(period!.startAt)).toBeGreaterThan(364 * DAY);
    expect((await totals(id))[1]![2]).toBeLessThan(9000);
    await world.advance(id, 60 * DAY);
    expect(await world.invoices(id)).toHaveLength(2);
  });

  it('costs nothing in a trial, and the trial’s end charges the new plan', async () => {
    const id = await world.subscribe({ planId: await world.plan({ trialDays: 10 }) });
    await world.until(id, 'trialing');
    await world.command(id, 'changePlan', { planId: await better(), when: 'now' });
    expect(await world.invoices(id)).toEqual([]);
    await world.advance(id, 11 * DAY);
    expect(await totals(id)).toEqual([['period', 'paid', 3000]]);
  });

  it('refuses an unknown plan in the process itself, which keeps running', async () => {
    const id = await active();
    await expect(world.command(id, 'changePlan', { planId: 'pln_none', when: 'now' })).rejects.toMatchObject({
      code: 'PLAN_UNKNOWN',
    });
    // Bypasses the sender's check, which reads MongoDB.
    const update = world.handle(id).executeUpdate('changePlan', {
      args: [{ commandId: randomUUID(), by: tester, planId: 'pln_none', when: 'now' }],
    });
    await expect(update).rejects.toMatchObject({ cause: { type: 'PLAN_UNKNOWN' } });
    expect(await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })).toMatchObject({
      state: 'active',
    });
  });
});
