import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities';
import { GatewayOutcomeUnknown, GatewayUnavailable } from '../../src/clients/gateway-errors';
import type { PaymentGateway } from '../../src/clients/payment-gateway';
import { paymentActivityOptions } from '../../config/temporal';
import { createCompensationOperations, hasten } from '../../src/temporal/compensations';
import { differences } from '../../src/testing/expect-books';
import { openPaymentWorld, testActor, type PaymentWorld } from '../../src/testing/payment-world';
import { quietTemporal } from '../../src/testing/quiet-temporal';
import { recordHistory } from '../../src/testing/record-history';
import { waitFor } from '../../src/testing/wait-for';

const HOUR = 3_600_000;

type Mode = 'fails for good before its effect' | 'fails for good after its effect' | 'fails once after its effect' | 'times out after its effect' | 'is cancelled while it runs';
const steps = ['validatePayment', 'checkFraud', 'validateCard', 'authorise', 'capture', 'updatePaymentStatus', 'sendWebhookNotification'] as const;

let world: PaymentWorld;
/** What goes wrong, once, in which step of which payment. */
const faults = new Map<string, { step: string; mode: Mode }>();
/** Payments whose look-ups, voids or authorisations go wrong at the gateway, and how. */
const blind = new Set<string>();
const unvoidable = new Set<string>();
const silentVoid = new Set<string>();
const lostOnTheWay = new Set<string>();

const lastingMs = Number.parseInt(paymentActivityOptions.startToCloseTimeout, 10) * 1000 + 1000;

async function goWrong(paymentId: string, mode: Mode, act: () => Promise<unknown>): Promise<unknown> {
  if (mode === 'fails for good before its effect') throw ApplicationFailure.nonRetryable('Broken', 'BROKEN');
  const answer = await act();
  if (mode === 'fails for good after its effect') throw ApplicationFailure.nonRetryable('Broken', 'BROKEN');
  if (mode === 'fails once after its effect') throw new Error('Connection lost');
  if (mode === 'times out after its effect') await sleep(lastingMs);
  if (mode === 'is cancelled while it runs') {
    await world.handle(paymentId).cancel();
    await sleep(200);
  }
  return answer;
}

const wrap = (activities: Activities): Activities =>
  Object.fromEntries(
    Object.entries(activities as unknown as Record<string, (input: { paymentId: string; call?: string }) => Promise<unknown>>).map(([name, run]) => [
      name,
      (input: { paymentId: string; call?: string }) => {
        const fault = faults.get(input.paymentId);
        const step = name === 'processPaymentGateway' ? input.call : name;
        if (fault?.step !== step) return run(input);
        faults.delete(input.paymentId);
        return goWrong(input.paymentId, fault!.mode, () => run(input));
      },
    ]),
  ) as unknown as Activities;

const paymentOf = ({ idempotencyKey }: { idempotencyKey: string }) => idempotencyKey.split(':')[0]!;
const wrapGateway = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  async authorise(input) {
    if (lostOnTheWay.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey: input.idempotencyKey, reason: 'lost' });
    return gateway.authorise(input);
  },
  async lookUp(input) {
    if (blind.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'lookUp', reason: 'away' });
    return gateway.lookUp(input);
  },
  async void(input) {
    if (unvoidable.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'void', reason: 'away' });
    const answer = await gateway.void(input);
    if (silentVoid.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'void', idempotencyKey: input.idempotencyKey, reason: 'no answer' });
    return answer;
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrap, wrapGateway, webhooks: false });
});
afterAll(() => world?.close());

const payWith = async (step: string, mode: Mode) => {
  const { payment, row } = await world.accept();
  faults.set(payment._id, { step, mode });
  await world.starter.start(row!);
  return payment._id;
};
const authorised = async () => {
  const id = await world.pay({ capture: 'manual' });
  await world.until(id, 'authorised');
  return id;
};
const ended = async (id: string) => {
  await world.handle(id).result();
  const { problems, bank } = await differences(world, id);
  expect(problems).toEqual([]);
  return { ...(await world.read(id)), bank };
};

/** How each fault has to end: by what the gateway has really done. */
const endings: Record<Mode, Record<(typeof steps)[number], string>> = {
  'fails for good before its effect': {
    validatePayment: 'failed', checkFraud: 'failed', validateCard: 'failed', authorise: 'failed', capture: 'failed, voided', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
  'fails for good after its effect': {
    validatePayment: 'failed', checkFraud: 'failed', validateCard: 'failed', authorise: 'failed, voided', capture: 'captured', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
  'fails once after its effect': {
    validatePayment: 'captured', checkFraud: 'captured', validateCard: 'captured', authorise: 'captured', capture: 'captured', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
  'times out after its effect': {
    validatePayment: 'captured', checkFraud: 'captured', validateCard: 'captured', authorise: 'captured', capture: 'captured', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
  'is cancelled while it runs': {
    validatePayment: 'cancelled', checkFraud: 'cancelled', validateCard: 'cancelled', authorise: 'cancelled, voided', capture: 'captured', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
};

describe('a payment whose step', () => {
  it.each(Object.keys(endings) as Mode[])('%s ends by what really happened, with the books right and each undo done once', async (mode) => {
    const outcomes = await Promise.all(
      steps.map(async (step) => {
        const id = await payWith(step, mode);
        // A notification that fails for good fails the run, not the payment.
        await world.handle(id).result().catch((error: unknown) => expect(step).toBe('sendWebhookNotification') ?? error);
        const { problems, bank } = await differences(world, id);
        const { state } = await world.read(id);
        if (step === 'capture') await recordHistory(`payment-capture-${mode.replaceAll(' ', '-')}`, world.handle(id));
        return [step, [state, bank.voids === 1 && 'voided', bank.voids > 1 && 'VOIDED TWICE', ...problems].filter(Boolean).join(', ')];
      }),
    );
    expect(Object.fromEntries(outcomes)).toEqual(endings[mode]);
  }, 120_000);
});

describe('a payment whose gateway', () => {
  it('never got the authorisation sends it again with the same key, after a while', async () => {
    const { payment, row } = await world.accept();
    lostOnTheWay.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    await world.advance(payment._id, 120_000);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
    await recordHistory('payment-unknown-never-arrived', world.handle(payment._id));
  });

  it('says nothing for 24 hours is on the operator\'s list, and settles when it speaks again', async () => {
    const { payment, row } = await world.accept({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    await world.advance(payment._id, 23 * HOUR);
    const open = () => world.database.models.stuckItems.find({ entityId: payment._id, open: true }).lean();
    expect(await open()).toEqual([]);
    await world.advance(payment._id, 4 * HOUR);
    expect(await open()).toMatchObject([{ kind: 'outcome_unknown' }]);
    expect((await world.read(payment._id)).state).toBe('unknown');
    blind.delete(payment._id);
    await world.advance(payment._id, HOUR + 60_000);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
    expect(await open()).toEqual([]);
    await recordHistory('payment-unknown-for-a-day', world.handle(payment._id));
  });

  it('is cancelled while nobody knows whether it was charged: what was held is given back', async () => {
    const { payment, row } = await world.accept({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    blind.delete(payment._id);
    expect(await world.command(payment._id, 'cancel')).toMatchObject({ state: expect.stringMatching('unknown') });
    expect(await ended(payment._id)).toMatchObject({ state: 'cancelled', bank: { held: 0, captured: 0, voids: 1 } });
    await recordHistory('payment-cancelled-unknown', world.handle(payment._id));
  });

  it('does not answer the void is unknown, and settles cancelled with one void', async () => {
    const id = await authorised();
    silentVoid.add(id);
    await world.command(id, 'cancel');
    await world.until(id, 'unknown');
    await world.advance(id, 10_000);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { voids: 1 } });
    await recordHistory('payment-unknown-void', world.handle(id));
  });

  it('refuses the undo for 10 minutes is on the list, and is undone once when an operator has it tried again', async () => {
    const id = await authorised();
    unvoidable.add(id);
    await world.command(id, 'cancel');
    await world.advance(id, 600_000);
    const { _id: compensationId, failures } = await world.database.models.compensations.findOne({ entityId: id, effect: 'authorise', state: 'stuck' }).lean().orFail();
    expect(failures).toBeGreaterThanOrEqual(10);
    expect(await world.read(id)).toMatchObject({ state: 'authorised', undoing: { towards: 'cancelled' } });
    unvoidable.delete(id);
    const { retryCompensation } = createCompensationOperations(world);
    const at = new Date().toISOString();
    await world.database.inTransaction((session) => retryCompensation({ compensationId, by: testActor, at, session }));
    await hasten(world.client, { entityId: id });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { voids: 1, held: 0 } });
    expect(await world.effects(id)).toEqual({ authorise: 'compensated' });
    await expect(world.database.inTransaction((session) => retryCompensation({ compensationId, by: testActor, at, session }))).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    await recordHistory('payment-undo-failed-for-long', world.handle(id));
  });

  it('refuses the undo for good ends when an operator waives it, who is named', async () => {
    const id = await authorised();
    unvoidable.add(id);
    await world.command(id, 'cancel');
    const stuck = () => world.database.models.compensations.findOne({ entityId: id, state: 'stuck' }).lean();
    await world.advance(id, 600_000);
    const { _id: compensationId } = await waitFor(stuck, { what: 'the stuck undo' });
    const { waiveCompensation } = createCompensationOperations(world);
    await world.database.inTransaction((session) => waiveCompensation({ compensationId, by: testActor, at: new Date().toISOString(), reason: 'Settled by phone', session }));
    await hasten(world.client, { entityId: id });
    await world.handle(id).result();
    expect((await world.read(id)).state).toBe('cancelled');
    expect(await world.database.models.compensations.findById(compensationId).lean()).toMatchObject({ state: 'waived', waived: { by: testActor, reason: 'Settled by phone' } });
    expect((await differences(world, id)).bank.held).toBe(5000);
  });
});

describe('a renewal', () => {
  const renewal = async (input: Parameters<PaymentWorld['accept']>[0] = {}) => (await world.accept({ purpose: 'renewal', ...input })).payment._id;

  it('answers captured, and the same when it is asked again', async () => {
    const id = await renewal();
    expect(await world.ask(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    await recordHistory('payment-renewal-captured', world.handle(id));
    expect(await world.ask(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    expect((await differences(world, id)).bank).toMatchObject({ authorisations: 1, captures: 1 });
    expect((await world.timeline(id)).filter((type) => type === 'notified')).toHaveLength(1);
  });

  it('answers declined', async () => {
    expect(await world.ask(await renewal({ paymentMethod: 'pm_decline_on_renewal' }))).toMatchObject({ state: 'declined', reason: 'card_declined' });
  });

  it('answers unknown, lets go, and settles with the same key when it is asked again', async () => {
    const id = await renewal({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(id);
    expect(await world.ask(id)).toEqual({ state: 'unknown', unknownCall: 'authorise', reason: null });
    await recordHistory('payment-renewal-unknown', world.handle(id));
    expect((await world.read(id)).chain).toBeNull();
    expect((await world.ask(id)).state).toBe('unknown');
    blind.delete(id);
    expect((await world.ask(id)).state).toBe('captured');
    await recordHistory('payment-renewal-asked-again', world.handle(id));
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { authorisations: 1, captures: 1 } });
  });

  it('answers review, is decided without a process, and goes on when it is asked again', async () => {
    const [yes, no, never] = await Promise.all([1, 2, 3].map(() => renewal({ amount: { amountMinor: 2_000_000, currency: 'EUR' } })));
    for (const id of [yes!, no!, never!]) expect((await world.ask(id)).state).toBe('review');
    const input = { decision: 'approve', commandId: `decide-${yes}` } as const;
    const first = await world.command(yes!, 'review', input);
    expect(first).toMatchObject({ state: 'authorising' });
    expect((await world.ask(yes!)).state).toBe('captured');
    expect(await world.command(yes!, 'review', input)).toEqual(first);
    expect(await differences(world, yes!)).toMatchObject({ problems: [] });
    await world.command(no!, 'cancel');
    expect(await world.ask(no!)).toMatchObject({ state: 'cancelled' });
    await world.database.models.payments.updateOne({ _id: never }, { $set: { since: new Date(Date.now() - 25 * HOUR) } });
    expect(await world.ask(never!)).toMatchObject({ state: 'declined', reason: 'review_timed_out' });
  });

  it('answers requires_action and goes on after the customer acted', async () => {
    const id = await renewal({ paymentMethod: 'pm_requires_action' });
    expect((await world.ask(id)).state).toBe('requires_action');
    expect((await world.ask(id)).state).toBe('requires_action');
    await world.act(id, 'approve');
    expect((await world.ask(id)).state).toBe('captured');
    expect(await differences(world, id)).toMatchObject({ problems: [] });
  });

  it('that is cancelled with a void unconfirmed answers unknown and finishes the void when it is asked again', async () => {
    const { payment } = await world.accept({ purpose: 'renewal' });
    const id = payment._id;
    silentVoid.add(id);
    faults.set(id, { step: 'authorise', mode: 'is cancelled while it runs' });
    expect(await world.ask(id)).toMatchObject({ state: 'unknown', unknownCall: 'void' });
    expect(await world.ask(id)).toMatchObject({ state: 'cancelled' });
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { voids: 1, held: 0 } });
  });
});
