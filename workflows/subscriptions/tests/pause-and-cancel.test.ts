import { randomUUID } from 'node:crypto';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;
const MINUTE = 60_000;

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

describe('pause and resume', () => {
  it('uses the paid time first, and charges a new period when it is over', async () => {
    const id = await active();
    expect(await world.command(id, 'pauseSubscription', {})).toMatchObject({ state: 'paused' });
    await expect(world.command(id, 'pauseSubscription', {})).rejects.toMatchObject({ code: 'SUBSCRIPTION_PAUSED' });
    expect(await world.command(id, 'resumeSubscription', {})).toMatchObject({ state: 'active' });
    await world.command(id, 'pauseSubscription', {});
    await world.advance(id, 45 * DAY);
    expect(await world.read(id)).toMatchObject({ state: 'paused' });
    expect(await world.invoices(id)).toHaveLength(1);
    await world.command(id, 'resumeSubscription', {});
    await world.until(id, 'active');
    const [first, second] = await world.invoices(id);
    expect(Date.parse(second!.period.startAt) - Date.parse(first!.period.startAt)).toBeGreaterThan(44.9 * DAY);
    await world.advance(id, 32 * DAY);
    expect(await totals(id)).toEqual([
      ['period', 'paid', 1000],
      ['period', 'paid', 1000],
      ['period', 'paid', 1000],
    ]);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    await world.handle(id).result();
    await recordHistory('subscription-pause', world.handle(id));
  });

  it('resumes by itself at resumeAt; unpaid, it stays paused with its invoice void', async () => {
    const id = await world.subscribe({ planId: await world.plan(), userId: await world.user() });
    await world.untilSettled(id);
    const before = await world.read(id);
    await expect(
      world.command(id, 'pauseSubscription', { resumeAt: new Date(Date.now() - DAY).toISOString() }),
    ).rejects.toMatchObject({ code: 'RESUME_IN_PAST' });
    // The last millisecond of a second: a timer fires in the next one.
    const resumeAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 50 * DAY - 1);
    await world.command(id, 'pauseSubscription', { resumeAt: resumeAt.toISOString() });
    await world.payWith(id, 'pm_declined');
    await world.advanceTo(id, new Date(resumeAt.getTime() - MINUTE));
    expect((await world.read(id)).state).toBe('paused');
    await world.advance(id, 2 * MINUTE);
    await world.untilSettled(id);
    const [, invoice] = await world.invoices(id);
    expect(invoice).toMatchObject({ state: 'void', attempts: [{ state: 'failed', reason: 'card_declined' }] });
    expect(invoice!.period.startAt).toBe(`${resumeAt.toISOString().slice(0, 19)}.000Z`);
    const { period, schedule, nextPeriodAt, paidUntil } = before;
    const same = { period, schedule, nextPeriodAt, paidUntil };
    expect(await world.read(id)).toMatchObject({ state: 'paused', charge: null, resumeAt: null, ...same });
    expect(await world.mails(id)).toEqual(['resumeFailed']);
    expect((await world.timeline(id)).slice(-2)).toEqual(['invoiced', 'resume_failed']);
    await world.payWith(id, 'pm_ok');
    await world.command(id, 'resumeSubscription', {});
    await world.until(id, 'active');
    expect((await world.bankBalance(id)).captured).toBe(2000);
  });

  it('continues the trial when it is resumed within the trial', async () => {
    const id = await world.subscribe({ planId: await world.plan({ trialDays: 20 }) });
    await world.until(id, 'trialing');
    await world.command(id, 'pauseSubscription', {});
    await world.advance(id, 5 * DAY);
    expect(await world.command(id, 'resumeSubscription', {})).toMatchObject({ state: 'trialing' });
    await world.advance(id, 16 * DAY);
    expect(await world.read(id)).toMatchObject({ state: 'active' });
  });
});

describe('cancelSubscription', () => {
  it('now with a prorated refund refunds the unused part of the period', async () => {
    const id = await active();
    await world.command(id, 'changePlan', { planId: await better(), when: 'now' });
    await settled(id);
    const { period } = await world.read(id);
    const half = new Date((Date.parse(period!.startAt) + Date.parse(period!.endAt)) / 2);
    await world.advanceTo(id, half);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'prorated' });
    expect(await world.handle(id).result()).toBe('cancelled');
    await world.relay();
    await waitFor(async () => (await world.bankBalance(id)).refunded > 0, { what: 'the refund' });
    const refunds = await world.database.models.refunds
      .find({ paymentId: { $in: (await world.payments(id)).map(({ _id }) => _id) } })
      .lean();
    await waitFor(
      async () =>
        (await world.bankBalance(id)).refunded === refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0),
      { what: 'all refunds' },
    );
    const { captured, refunded } = await world.bankBalance(id);
    expect(captured).toBeGreaterThan(2990);
    expect(Math.abs(refunded - 1500)).toBeLessThanOrEqual(2);
    await expect(world.command(id, 'resumeSubscription', {})).rejects.toMatchObject({ code: 'SUBSCRIPTION_CANCELLED' });
  });

  it('at the period’s end charges no more, unless it is undone in time', async () => {
    const id = await active();
    await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'prorated' });
    await world.command(id, 'undoSubscriptionChange', {});
    await world.advance(id, 32 * DAY);
    expect(await world.invoices(id)).toHaveLength(2);
    await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' });
    const { nextPeriodAt } = await world.read(id);
    await world.advance(id, 40 * DAY);
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.invoices(id)).toHaveLength(2);
    const { at } = (await world.events(id)).at(-1)!;
    expect(Math.abs(at.getTime() - nextPeriodAt.getTime())).toBeLessThan(MINUTE);
  });

  it('before the start and in a trial costs nothing', async () => {
    const planId = await world.plan({ trialDays: 5 });
    const later = await world.subscribe({ planId, startAt: new Date(Date.now() + 9 * DAY).toISOString() });
    await expect(
      world.command(later, 'cancelSubscription', { when: 'period_end', refund: 'none' }),
    ).rejects.toMatchObject({ code: 'SUBSCRIPTION_NOT_STARTED' });
    await world.command(later, 'cancelSubscription', { when: 'now', refund: 'prorated' });
    const trial = await world.subscribe({ planId });
    await world.until(trial, 'trialing');
    await world.command(trial, 'cancelSubscription', { when: 'period_end', refund: 'none' });
    await world.advance(trial, 6 * DAY);
    for (const id of [later, trial]) {
      expect(await world.handle(id).result()).toBe('cancelled');
      expect(await world.payments(id)).toEqual([]);
    }
  });
});

it('a repeated command is applied once and returns the same, even after the end', async () => {
  const id = await active();
  const commandId = randomUUID();
  const first = await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' }, { commandId });
  expect(await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' }, { commandId })).toEqual(first);
  expect((await world.timeline(id)).filter((type) => type === 'cancelled')).toHaveLength(1);
});
