import { presentSubscription } from '../../../src/http/subscriptions/present-subscription';
import { previewPlanChange } from '../../../src/services/subscriptions/preview-plan-change';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const HOUR = 3_600_000;
/** A year of 365 days, by which the amounts below are counted; it has not begun when the last test starts. */
const YEAR = (() => {
  const next = new Date(Date.now() + 24 * HOUR).getUTCFullYear() + 1;
  return new Date(Date.UTC(next, 2, 0)).getUTCDate() === 28 ? next : next + 1;
})();
const START = `${YEAR}-01-01T00:00:00.000Z`;
const HALF = `${YEAR}-01-16T12:00:00.000Z`;
/** The rest of the dearer year from half of January, less the rest of the present one. */
const DIFFERENCE = 11_491;

let world: SubscriptionWorld;
/** The amount that somebody captures of the next payment in the gateway's dashboard before we do; minor units. */
let capturedByHand: number | null = null;

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: (gateway) => ({
      ...gateway,
      async capture(input) {
        const { idempotencyKey } = input;
        const amountMinor = capturedByHand;
        capturedByHand = null;
        if (amountMinor !== null)
          await gateway.capture({
            ...input,
            idempotencyKey: `${idempotencyKey}-by-hand`,
            amount: { amountMinor, currency: 'EUR' },
          });
        return gateway.capture(input);
      },
    }),
  });
});
afterEach(() => {
  capturedByHand = null;
});
afterAll(() => world?.close());

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const yearly = () => world.plan({ name: 'Year', amount: eur(12_000), interval: 'year' });
const better = () => world.plan({ name: 'Better year', amount: eur(24_000), interval: 'year' });
/** Returns a subscription at half of January that was paid from its first day on. */
const atHalf = async (planId: string) => {
  const id = await world.subscribe({ planId, userId: await world.user(), startAt: START });
  await world.advanceTo(id, new Date(Date.parse(START) + HOUR));
  await world.untilSettled(id);
  await world.advanceTo(id, new Date(HALF));
  return id;
};
const previewOf = (id: string, planId: string) => {
  const { database, tenantId } = world;
  const clock = { nowFor: async () => new Date(HALF) };
  return previewPlanChange({ database, tenantId, subscriptionId: id, planId, when: 'now', clock });
};
/** Orders a change at exactly half of January. */
const order = (id: string, planId: string) =>
  world.command(id, 'changePlan', { planId, when: 'now', previewedAt: HALF });
/** Orders a change whose payment waits for the customer. */
const waiting = async (planId: string, next: string) => {
  const id = await atHalf(planId);
  await world.payWith(id, 'pm_requires_action');
  await order(id, next);
  await waitFor(async () => (await world.read(id)).pendingChange?.actionUrl, { what: 'the page of the bank' });
  return id;
};
const lastInvoice = async (id: string) => (await world.invoices(id)).at(-1)!;
const refunded = (id: string, amountMinor: number) =>
  waitFor(
    async () => {
      await world.relay();
      return (await world.bankBalance(id)).refunded === amountMinor;
    },
    { what: `${amountMinor} to be refunded` },
  );
const unchanged = { state: 'active', pendingChange: null, withdrawnCharges: [], charge: null };

describe('a change of plan that costs something', () => {
  it('takes effect when it is paid, at the previewed price', async () => {
    const [planId, next] = [await yearly(), await better()];
    const id = await atHalf(planId);
    const { at, invoice, period } = await previewOf(id, next);
    expect([at, invoice.total.amountMinor]).toEqual([HALF, DIFFERENCE]);
    expect(await order(id, next)).toMatchObject({ state: 'active' });
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId: next }, period });
    expect(await lastInvoice(id)).toMatchObject({ kind: 'change', state: 'paid', total: eur(DIFFERENCE) });
    expect((await world.timeline(id)).slice(-3)).toEqual(['change_ordered', 'change_charging', 'plan_changed']);
  });

  it('declined: the invoice is void, nothing else has changed, and nobody is dunned', async () => {
    const [planId, next] = [await yearly(), await better()];
    const id = await atHalf(planId);
    await world.payWith(id, 'pm_declined');
    const { period, paidUntil, nextPeriodAt } = await world.read(id);
    await order(id, next);
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId }, period, paidUntil, nextPeriodAt });
    expect(await lastInvoice(id)).toMatchObject({ state: 'void', attempts: [{ reason: 'card_declined' }] });
    expect((await world.timeline(id)).at(-1)).toBe('change_failed');
    expect(await world.mails(id)).toEqual(['planChangeFailed']);
    expect((await world.bankBalance(id)).captured).toBe(12_000);
    await world.payWith(id, 'pm_ok');
    await world.advanceTo(id, new Date(`${YEAR + 1}-01-01T01:00:00.000Z`));
    await world.untilSettled(id);
    expect((await world.bankBalance(id)).captured).toBe(24_000);
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    await world.handle(id).result();
    await recordHistory('subscription-change-declined', world.handle(id));
  });

  it('shows the page of the bank while it waits for the customer, who abandons it', async () => {
    const [planId, next] = [await yearly(), await better()];
    const id = await waiting(planId, next);
    const { pendingChange, waitingFor, planId: shown } = presentSubscription(await world.read(id));
    expect(pendingChange).toMatchObject({
      planId: next,
      quantity: 1,
      orderedAt: HALF,
      until: `${YEAR}-01-17T11:00:00.000Z`,
      nextAction: { url: expect.stringContaining('http') },
    });
    expect([shown, waitingFor?.what]).toEqual([planId, expect.stringContaining('ordered change')]);
    await world.advance(id, 2 * HOUR);
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId } });
    expect(await lastInvoice(id)).toMatchObject({ state: 'void', attempts: [{ reason: 'customer_did_not_act' }] });
  });

  it('is charged anew to another payment method', async () => {
    const [planId, next] = [await yearly(), await better()];
    const id = await waiting(planId, next);
    await world.payWith(id, 'pm_ok');
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId: next } });
    expect((await lastInvoice(id)).attempts.map(({ state, reason }) => [state, reason])).toEqual([
      ['failed', 'replaced'],
      ['paid', null],
    ]);
  });

  it('reserves the credit that it uses, and returns it when it falls', async () => {
    const id = await atHalf(await yearly());
    const month = await world.plan({ name: 'Month', amount: eur(1000) });
    await order(id, month);
    expect((await world.read(id)).creditBalance).toEqual(eur(10_490));
    await world.payWith(id, 'pm_requires_action');
    await world.command(id, 'changePlan', { planId: await better(), when: 'now' });
    await waitFor(async () => (await world.read(id)).pendingChange?.actionUrl, { what: 'the page of the bank' });
    expect((await world.read(id)).creditBalance).toEqual(eur(0));
    await world.command(id, 'undoSubscriptionChange', {});
    expect(await world.read(id)).toMatchObject({ ...unchanged, creditBalance: eur(10_490), item: { planId: month } });
  });

  it('captured in part at the gateway falls, and the part is refunded', async () => {
    const [planId, next] = [await yearly(), await better()];
    const id = await atHalf(planId);
    capturedByHand = 600;
    await order(id, next);
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId } });
    expect((await world.events(id)).at(-1)).toMatchObject({ data: { reason: 'paid_in_part', refundMinor: 600 } });
    await refunded(id, 600);
  });
});

describe('while a change is pending', () => {
  it.each([
    ['undo', 'undoSubscriptionChange', {}, { state: 'active' }],
    ['a pause', 'pauseSubscription', {}, { state: 'paused' }],
    [
      'a cancel at the end',
      'cancelSubscription',
      { when: 'period_end', refund: 'none' },
      { waiting: { what: 'cancel' } },
    ],
  ] as const)('%s withdraws it and is applied to the present plan', async (_what, command, terms, then) => {
    const planId = await yearly();
    const id = await waiting(planId, await better());
    await world.command(id, command, terms);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId }, ...then });
    expect(await lastInvoice(id)).toMatchObject({ state: 'void', attempts: [{ reason: 'change_withdrawn' }] });
    expect(await world.mails(id)).toEqual([]);
  });

  it('a change back to the present plan is accepted, and a cancel refunds the present plan alone', async () => {
    const planId = await yearly();
    const id = await waiting(planId, await better());
    expect(await order(id, planId)).toMatchObject({ state: 'active' });
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId } });
    expect((await world.timeline(id)).slice(-3)).toEqual(['change_withdrawing', 'change_failed', 'undone']);
    await order(id, await better());
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'prorated' });
    expect(await world.handle(id).result()).toBe('cancelled');
    const { data } = (await world.events(id)).findLast(({ type }) => type === 'subscription.cancelled')!;
    expect(Math.abs(Number(data.refundMinor) - 11_490)).toBeLessThanOrEqual(1);
  });

  it('a second change replaces it', async () => {
    const [planId, next] = [await yearly(), await world.plan({ name: 'Third', amount: eur(36_000), interval: 'year' })];
    const id = await waiting(planId, await better());
    await order(id, next);
    await waitFor(async () => (await world.read(id)).pendingChange?.actionUrl, { what: 'the page of the bank' });
    await world.payWith(id, 'pm_ok');
    await world.untilSettled(id);
    expect(await world.read(id)).toMatchObject({ ...unchanged, item: { planId: next } });
    expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'void', 'paid']);
  });
});
