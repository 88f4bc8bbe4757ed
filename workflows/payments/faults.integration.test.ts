import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../activities';
import { paymentActivityOptions } from '../../config/temporal';
import { createCompensationOperations, hasten } from '../../src/temporal/compensations';
import { differences } from '../../src/testing/expect-books';
import { createFaultyGateway } from '../../src/testing/faulty-gateway';
import { openPaymentWorld, testActor, type PaymentWorld } from '../../src/testing/payment-world';
import { quietTemporal } from '../../src/testing/quiet-temporal';
import { recordHistory } from '../../src/testing/record-history';
import { waitFor } from '../../src/testing/wait-for';

const HOUR = 3_600_000;

type Mode = 'fails for good before its effect' | 'fails for good after its effect' | 'fails once after its effect' | 'times out after its effect' | 'is cancelled while it runs' | 'is cancelled while it fails';
const steps = ['validatePayment', 'checkFraud', 'validateCard', 'authorise', 'capture', 'updatePaymentStatus', 'sendWebhookNotification'] as const;

let world: PaymentWorld;
/** What goes wrong, once, in which step of which payment. */
const faults = new Map<string, { step: string; mode: Mode }>();
/** Payments whose moves cannot be recorded, with how often it was tried. */
const unrecordable = new Map<string, number>();
const gateway = createFaultyGateway();
const { blind, unvoidable, silentVoid, lostOnTheWay, deadly, lockedOut, readOnly } = gateway.faults;

const lastingMs = Number.parseInt(paymentActivityOptions.startToCloseTimeout, 10) * 1000 + 1000;

async function goWrong(paymentId: string, mode: Mode, act: () => Promise<unknown>): Promise<unknown> {
  if (mode === 'fails for good before its effect') throw ApplicationFailure.nonRetryable('Broken', 'BROKEN');
  if (mode === 'is cancelled while it fails') {
    await world.handle(paymentId).cancel();
    // Nothing tells the attempt of the cancel: what counts is that the server knows of it before the attempt ends.
    await sleep(200);
    throw new Error('Connection refused');
  }
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
        const tried = unrecordable.get(input.paymentId);
        if (name === 'updatePaymentStatus' && tried !== undefined) {
          unrecordable.set(input.paymentId, tried + 1);
          throw new Error('MongoDB is away');
        }
        const fault = faults.get(input.paymentId);
        const step = name === 'processPaymentGateway' ? input.call : name;
        if (fault?.step !== step) return run(input);
        faults.delete(input.paymentId);
        return goWrong(input.paymentId, fault!.mode, () => run(input));
      },
    ]),
  ) as unknown as Activities;

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrap, wrapGateway: gateway.wrap, webhooks: false });
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

const advanceTenMinutes = async (id: string) => {
  for (let minute = 1; minute <= 10; minute++) await world.advance(id, 60_000);
};

/** How each fault has to end: by what the gateway has really done. */
const endings: Record<Mode, Record<(typeof steps)[number], string>> = {
  'fails for good before its effect': {
    validatePayment: 'accepted', checkFraud: 'failed', validateCard: 'failed', authorise: 'failed', capture: 'failed, voided', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
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
  'is cancelled while it fails': {
    validatePayment: 'cancelled', checkFraud: 'cancelled', validateCard: 'cancelled', authorise: 'cancelled', capture: 'cancelled, voided', updatePaymentStatus: 'captured', sendWebhookNotification: 'captured',
  },
};

describe('a payment whose step', () => {
  it.each(Object.keys(endings) as Mode[])('%s ends by what really happened, with the books right and each undo done once', async (mode) => {
    const outcomes = await Promise.all(
      steps.map(async (step) => {
        const id = await payWith(step, mode);
        // A run that could not make the payment its own, or not tell of its end, fails; the payment is as it should be.
        await world.handle(id).result().catch((error: unknown) => expect(['validatePayment', 'sendWebhookNotification']).toContain(step) ?? error);
        const { problems, bank } = await differences(world, id);
        const { state } = await world.read(id);
        if (step === 'capture') await recordHistory(`payment-capture-${mode.replaceAll(' ', '-')}`, world.handle(id));
        return [step, [state, bank.voids === 1 && 'voided', bank.voids > 1 && 'VOIDED TWICE', ...problems].filter(Boolean).join(', ')];
      }),
    );
    expect(Object.fromEntries(outcomes)).toEqual(endings[mode]);
  });
});

describe('a payment whose worker', () => {
  it.each(['authorise', 'capture'] as const)('dies between %s and keeping its answer is charged once', async (call) => {
    const { payment, row } = await world.accept();
    deadly.add(`${payment._id}:${call}`);
    await world.starter.start(row!);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
  });

  it('is cancelled before the process could begin is cancelled all the same', async () => {
    const { payment } = await world.accept();
    expect(await world.command(payment._id, 'cancel')).toMatchObject({ state: expect.stringMatching(/cancelled|auth/) });
    expect(await ended(payment._id)).toMatchObject({ state: 'cancelled', bank: { held: 0, captured: 0 } });
  });
});

describe('a payment whose command', () => {
  it('is cut short by a cancel, while its step is to be tried again, is refused, and the process ends', async () => {
    const id = await authorised();
    unrecordable.set(id, 0);
    const capture = world.command(id, 'capture').catch((error: unknown) => error);
    await waitFor(() => unrecordable.get(id)! > 0, { what: 'the failed step' });
    expect(await world.command(id, 'cancel')).toMatchObject({ state: 'authorised' });
    unrecordable.delete(id);
    expect(await capture).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { captured: 0, voids: 1 } });
    await recordHistory('payment-command-cut-short', world.handle(id));
  });
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
    expect(await world.command(payment._id, 'cancel')).toMatchObject({ state: 'unknown' });
    blind.delete(payment._id);
    expect(await ended(payment._id)).toMatchObject({ state: 'cancelled', bank: { held: 0, captured: 0, voids: 1 } });
    await recordHistory('payment-cancelled-unknown', world.handle(payment._id));
  });

  it('refuses the repeat of an authorisation that may have arrived is not called failed: it is unknown until it can be looked up', async () => {
    const { payment, row } = await world.accept();
    deadly.add(`${payment._id}:authorise`);
    await world.starter.start(row!);
    await waitFor(async () => (await world.bankItems(payment._id)).length > 0, { what: 'the hold' });
    lockedOut.add(payment._id);
    await world.until(payment._id, 'unknown');
    expect(await world.effects(payment._id)).toEqual({ authorise: 'intent' });
    lockedOut.delete(payment._id);
    await world.advance(payment._id, 120_000);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
  });

  it('refuses an authorisation that may have arrived, and never saw it, is an undoing for the operator\'s list and not asked for ever', async () => {
    const { payment, row } = await world.accept();
    const id = payment._id;
    lostOnTheWay.add(id);
    readOnly.add(id);
    await world.starter.start(row!);
    await world.until(id, 'unknown');
    await advanceTenMinutes(id);
    expect((await world.timeline(id)).filter((type) => type === 'unknown')).toHaveLength(1);
    expect((await world.read(id)).undoing).toEqual({ towards: 'failed', reason: 'gateway_request_refused' });
    await world.advance(id, 300_000);
    expect(await world.effects(id)).toEqual({ authorise: 'stuck' });
    readOnly.delete(id);
    await world.advance(id, 120_000);
    expect(await ended(id)).toMatchObject({ state: 'failed', reason: 'gateway_request_refused', bank: { authorisations: 1, voids: 1, held: 0 } });
    await recordHistory('payment-refused-after-silence', world.handle(id));
  });

  it('refuses an authorisation that was never sent before has failed', async () => {
    const { payment, row } = await world.accept();
    lockedOut.add(payment._id);
    await world.starter.start(row!);
    expect(await ended(payment._id)).toMatchObject({ state: 'failed', reason: 'gateway_request_refused', bank: { authorisations: 0 } });
    expect(await world.effects(payment._id)).toEqual({ authorise: 'none' });
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
    await advanceTenMinutes(id);
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
    await advanceTenMinutes(id);
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
