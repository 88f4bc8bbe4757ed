import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { GatewayOutcomeUnknown, GatewayUnavailable } from '../../../src/clients/gateways/gateway-errors';
import { gatewayKey } from '../../../src/contracts/payments/payment';
import { subscriptionPaymentId } from '../../../src/contracts/subscriptions/subscription';
import { keepGatewayEvent } from '../../../src/models/payments/gateway-event';
import { previewPlanChange } from '../../../src/services/subscriptions/preview-plan-change';
import { createPaymentCommands } from '../../../src/temporal/commands/payments/payment-commands';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/record-history';
import { openSubscriptionWorld, tester, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

let world: SubscriptionWorld;
/** While set, authorisations wait for it. */
let hold: Promise<void> | null = null;
let holdCapture: Promise<void> | null = null;
/** While true, authorisations are done and not answered, and nothing can be looked up or voided. */
let silent = false;

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: (gateway) => ({
      ...gateway,
      async authorise(input) {
        await hold;
        const answer = await gateway.authorise(input);
        if (silent)
          throw new GatewayOutcomeUnknown({
            call: 'authorise',
            idempotencyKey: input.idempotencyKey,
            reason: 'silence',
          });
        return answer;
      },
      async capture(input) {
        await holdCapture;
        return gateway.capture(input);
      },
      async lookUp(input) {
        if (silent) throw new GatewayUnavailable({ call: 'lookUp', reason: 'silence' });
        return gateway.lookUp(input);
      },
      async void(input) {
        if (silent) throw new GatewayUnavailable({ call: 'void', reason: 'silence' });
        return gateway.void(input);
      },
    }),
  });
});
afterEach(() => {
  hold = null;
  holdCapture = null;
  silent = false;
});
afterAll(() => world?.close());

/** The gateway answers again: the story ends, and of the period that nobody knew the outcome of nothing is kept. */
const endsWithTheSecondPeriodGivenBack = async (id: string) => {
  silent = false;
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
const active = async (planId?: string) => {
  const id = await world.subscribe({ planId: planId ?? (await world.plan()) });
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
/** Its renewal is charged, and nobody knows. */
const renewsInSilence = async () => {
  const id = await active();
  silent = true;
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + MINUTE));
  return id;
};
const settled = async (id: string) => {
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the charge to be paid' });
  return world.read(id);
};
/** The whole of `run`, with authorisations held back until it is over. */
async function whileCharging<T>(run: () => Promise<T>): Promise<T> {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  try {
    return await run();
  } finally {
    release();
  }
}
const eventsOf = async (handle: WorkflowHandle) => (await handle.fetchHistory()).events ?? [];
const totals = async (id: string) =>
  (await world.invoices(id)).map(({ kind, state, total }) => [kind, state, total.amountMinor]);
const better = () => world.plan({ name: 'Better', amount: { amountMinor: 3000, currency: 'EUR' } });

describe('changePlan', () => {
  it('now: charges the difference for the rest of the period exactly as its preview said, and renews at the new price', async () => {
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

  it('up and down again costs nothing in the end: what is left is credit and used up by the renewal', async () => {
    const id = await active();
    const { item } = await world.read(id);
    await world.command(id, 'changePlan', { planId: await better(), when: 'now' });
    const up = await settled(id);
    expect(up.creditBalance.amountMinor).toBe(0);
    await world.command(id, 'changePlan', { planId: item.planId, when: 'now' });
    const { creditBalance } = await settled(id);
    const [, upInvoice, downInvoice] = await world.invoices(id);
    expect(downInvoice).toMatchObject({ state: 'paid', total: { amountMinor: 0 } });
    expect(Math.abs(upInvoice!.total.amountMinor - creditBalance.amountMinor)).toBeLessThanOrEqual(1);
    await world.advance(id, 93 * DAY);
    const captured = (await world.bankBalance(id)).captured;
    const { creditBalance: left } = await world.read(id);
    // Four periods at 1000, whatever was paid ahead; the second of 3000 is at most a minor unit off.
    expect(
      Math.abs(
        captured - left.amountMinor - (await world.invoices(id)).filter(({ kind }) => kind === 'period').length * 1000,
      ),
    ).toBeLessThanOrEqual(1);
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

  it('refuses what cannot be: another currency, the same plan, an unknown one', async () => {
    const id = await active();
    const { item } = await world.read(id);
    const change = (planId: string) => world.command(id, 'changePlan', { planId, when: 'now' });
    await expect(change(await world.plan({ amount: { amountMinor: 500, currency: 'JPY' } }))).rejects.toMatchObject({
      code: 'PLAN_CURRENCY_DIFFERS',
      pointer: '/planId',
    });
    await expect(change(item.planId)).rejects.toMatchObject({ code: 'NOTHING_TO_CHANGE' });
    await expect(change('pln_none')).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' });
    // Past the sender's own look, the process refuses too and lives on.
    const update = world.handle(id).executeUpdate('changePlan', {
      args: [{ commandId: randomUUID(), by: tester, planId: 'pln_none', when: 'now' }],
    });
    await expect(update).rejects.toMatchObject({ cause: { type: 'PLAN_UNKNOWN' } });
    expect(await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })).toMatchObject({
      state: 'active',
    });
  });
});

describe('pause and resume', () => {
  it('uses up the paid time first, and charges a new period when it is over', async () => {
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

  it('resumes by itself at the moment it was told; a failed charge makes it past due', async () => {
    const id = await active();
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
    await world.until(id, 'past_due');
    expect((await world.invoices(id))[1]!.period.startAt).toBe(`${resumeAt.toISOString().slice(0, 19)}.000Z`);
  });

  it('goes on with the trial when it is resumed within it', async () => {
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
  it('now with a prorated refund gives back the unused part of all that was paid for the period', async () => {
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

  it('at the period’s end charges no more; undone in time it goes on', async () => {
    const id = await active();
    await expect(
      world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'prorated' }),
    ).rejects.toMatchObject({ code: 'REFUND_NOT_APPLICABLE' });
    await world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' });
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

describe('while a charge is under way', () => {
  const charging = async (id: string) =>
    waitFor(async () => (await world.read(id)).charge?.status === 'pending', { what: 'a charge' });

  it('commands are answered; what needs the invoice paid is refused', async () => {
    const planId = await world.plan();
    const [id, other] = [await world.subscribe({ planId }), await better()];
    await whileCharging(async () => {
      await charging(id);
      await expect(world.command(id, 'changePlan', { planId: other, when: 'now' })).rejects.toMatchObject({
        code: 'INVOICE_OPEN',
      });
      expect(await world.payWith(id, 'pm_ok')).toMatchObject({ state: 'accepted' });
    });
    await world.until(id, 'active');
  });

  it('a cancel that comes while the money is being taken gives all of it back', async () => {
    let release = () => {};
    holdCapture = new Promise((resolve) => {
      release = resolve;
    });
    const id = await world.subscribe({ planId: await world.plan() });
    await waitFor(async () => (await world.payments(id))[0]?.state === 'capturing', { what: 'the capture' });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    release();
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.timeline(id)).slice(-2)).toEqual(['cancelled', 'paid_late']);
    expect((await world.invoices(id))[0]!.state).toBe('void');
    await world.relay();
    await waitFor(async () => (await world.bankBalance(id)).refunded === 1000, { what: 'the refund' });
  });

  it('a cancel takes the payment back: nothing is kept', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await whileCharging(async () => {
      await charging(id);
      expect(await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' })).toMatchObject({
        state: 'cancelled',
      });
      expect((await world.invoices(id))[0]!.state).toBe('void');
      await waitFor(
        async () =>
          (await eventsOf(world.paymentHandle((await world.payments(id))[0]!._id))).some(
            (event) => event.workflowExecutionCancelRequestedEventAttributes,
          ),
        { what: 'the payment to be cancelled' },
      );
    });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect((await world.payments(id))[0]!.state).toBe('cancelled');
    expect(await world.bankBalance(id)).toMatchObject({ captured: 0, refunded: 0 });
  });

  it('cancelled in Temporal while charging it has the payment withdrawn, and ends', async () => {
    const id = await world.subscribe({ planId: await world.plan() });
    await whileCharging(async () => {
      await charging(id);
      await world.handle(id).cancel();
      await world.until(id, 'cancelled');
      await waitFor(
        async () =>
          (await eventsOf(world.paymentHandle((await world.payments(id))[0]!._id))).some(
            (event) => event.workflowExecutionCancelRequestedEventAttributes,
          ),
        { what: 'the payment to be cancelled' },
      );
    });
    expect(await world.handle(id).result()).toBe('cancelled');
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'cancelled_in_temporal', charge: null });
    expect((await world.invoices(id))[0]!.state).toBe('void');
    expect(await world.bankBalance(id)).toMatchObject({ captured: 0, refunded: 0 });
    await recordHistory('subscription-cancelled-in-temporal-while-charging', world.handle(id));
  });

  it('cancelled in Temporal with a payment without an answer it waits until that is known, with nothing kept', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    await world.handle(id).cancel();
    await world.until(id, 'cancelled');
    await endsWithTheSecondPeriodGivenBack(id);
    await recordHistory('subscription-cancelled-in-temporal-payment-unknown', world.handle(id));
  });

  it('a payment without an answer is asked about until it is known, and never charged twice', async () => {
    const id = await renewsInSilence();
    await world.advance(id, 3 * HOUR);
    expect(await world.read(id)).toMatchObject({ state: 'active', charge: { status: 'pending', attempt: 1 } });
    await expect(world.command(id, 'pauseSubscription', {})).rejects.toMatchObject({ code: 'INVOICE_OPEN' });
    silent = false;
    await world.advance(id, 2 * HOUR);
    await settled(id);
    await recordHistory(
      'subscription-payment-asked-again',
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

  /** Its renewal is `unknown`, and not asked for again before an hour is over. */
  const askedHourly = async () => {
    const id = await renewsInSilence();
    const payment = await waitFor(
      async () => (await world.payments(id)).find(({ state, chain }) => state === 'unknown' && chain === null),
      { what: 'an unknown payment' },
    );
    silent = false;
    return { id, payment };
  };

  it('a payment without an answer is asked about at once when the gateway tells of it', async () => {
    const { id, payment } = await askedHourly();
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
    await recordHistory('subscription-told-of-its-payment', world.handle(id));
  });

  it('a payment without an answer is asked about at once when its partner has cancelled it', async () => {
    const { id, payment } = await askedHourly();
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

  it('a new payment method withdraws a payment without an answer before it is charged', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    silent = false;
    await world.payWith(id, 'pm_slow');
    await settled(id);
    const { captured, refunded } = await world.bankBalance(id);
    expect(captured - refunded).toBe(2000);
    expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'paid']);
  });

  it('a cancel of a payment without an answer ends when that is known, with nothing kept', async () => {
    const id = await renewsInSilence();
    await waitFor(async () => (await world.payments(id))[1]?.state === 'unknown', { what: 'an unknown payment' });
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: { status: 'pending' } });
    await endsWithTheSecondPeriodGivenBack(id);
  });
});

it('applies a command once and answers the same when it is repeated with its id, even after the end', async () => {
  const id = await active();
  const commandId = randomUUID();
  const first = await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' }, { commandId });
  expect(await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' }, { commandId })).toEqual(first);
  expect((await world.timeline(id)).filter((type) => type === 'cancelled')).toHaveLength(1);
});
