import type { Activities } from '../../../activities';
import { differences, endedPayment } from '../../../src/testing/expect-books';
import { createFaultySteps, modes, type Mode } from '../../../src/testing/faults/faulty-steps';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { inBatches } from '../../../src/testing/in-batches';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';

const steps = ['validatePayment', 'checkPayment', 'authorise', 'capture'] as const;
/** The steps of a payment that the partner captures, beside those above. */
const stepsOfWaiting = ['updatePaymentStatus', 'sendWebhookNotification'] as const;
type Step = (typeof steps)[number];
type WaitingStep = (typeof stepsOfWaiting)[number];

let world: PaymentWorld;
const faulty = createFaultySteps();
/** Payments whose moves cannot be recorded, with the number of attempts. */
const unrecordable = new Map<string, number>();
/**
 * Payments with a step that throws a decline instead of returning it, once. Temporal identifies an error by the name of
 * its class.
 */
const thrown = new Map<string, Error>();
class FraudDetectedError extends Error {}
class InsufficientFundsError extends Error {}
function throwDecline(key: string): void {
  const error = thrown.get(key);
  thrown.delete(key);
  if (error) throw error;
}
const wrap = (activities: Activities): Activities => ({
  ...activities,
  checkPayment(input) {
    throwDecline(`${input.paymentId}:checkPayment`);
    return activities.checkPayment(input);
  },
  processPaymentGateway(input) {
    throwDecline(`${input.paymentId}:${input.call}`);
    return activities.processPaymentGateway(input);
  },
  updatePaymentStatus(input) {
    const attempts = unrecordable.get(input.paymentId);
    if (attempts === undefined) return activities.updatePaymentStatus(input);
    unrecordable.set(input.paymentId, attempts + 1);
    throw new Error('MongoDB is away');
  },
});
/** Payments without faults. */
let undisturbed: string;
let capturedLater: string;

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({
    wrap: (activities) => faulty.wrap(wrap(activities)),
    wrapGateway: faulty.wrapGateway,
    webhooks: false,
    gatewayTimeoutMs: 10_000,
    forgetful: true,
  });
  faulty.attach(world);
  undisturbed = await world.pay();
  await world.handle(undisturbed).result();
  capturedLater = await world.pay({ capture: 'manual' });
  await captureOnce(capturedLater);
  await world.handle(capturedLater).result();
});
afterAll(() => world?.close());

const ended = (id: string) => endedPayment(world, id);

/** Captures a payment for its partner once it waits for that; a payment that ended before is left alone. */
async function captureOnce(id: string): Promise<void> {
  await waitFor(async () => !['accepted', 'validating', 'authorising'].includes((await world.read(id)).state), {
    what: `${id} to be authorised or ended`,
  });
  await world.command(id, 'capturePayment', { attempts: 1 }).catch(() => undefined);
}

const always = (state: string): Record<Step, string> => ({
  validatePayment: state,
  checkPayment: state,
  authorise: state,
  capture: state,
});
const cancelled = {
  ...always('captured'),
  validatePayment: 'cancelled',
  checkPayment: 'cancelled',
  authorise: 'cancelled, voided',
};
/** The ending of each fault, decided by what the gateway has really done. */
const endings: Record<Mode, Record<Step, string>> = {
  'fails for good before its effect': {
    validatePayment: 'accepted',
    checkPayment: 'failed',
    authorise: 'failed',
    capture: 'failed, voided',
  },
  'fails for good after its effect': {
    validatePayment: 'failed',
    checkPayment: 'failed',
    authorise: 'failed, voided',
    capture: 'captured',
  },
  'fails once after its effect': always('captured'),
  'times out after its effect': always('captured'),
  'is cancelled while it runs': cancelled,
  'is cancelled while it runs, and its worker dies': cancelled,
  'is killed after any of its effects': always('captured'),
};

const waiting = (state: string): Record<WaitingStep, string> => ({
  updatePaymentStatus: state,
  sendWebhookNotification: state,
});
const endingsOfWaiting: Record<Mode, Record<WaitingStep, string>> = {
  'fails for good before its effect': waiting('failed, voided'),
  'fails for good after its effect': waiting('failed, voided'),
  'fails once after its effect': waiting('captured'),
  'times out after its effect': waiting('captured'),
  'is cancelled while it runs': waiting('cancelled, voided'),
  'is cancelled while it runs, and its worker dies': waiting('cancelled, voided'),
  'is killed after any of its effects': waiting('captured'),
};

/** Returns how a payment ended, with everything that is wrong about it. */
async function endingOf(id: string): Promise<string> {
  const { problems, bank } = await differences(world, id);
  const { state } = await world.read(id);
  const events = await world.database.models.events.find({ entityId: id, type: 'payment.notified' }).lean();
  const notices = events.map(({ data }) => data.state);
  return [
    state,
    bank.voids === 1 && 'voided',
    bank.voids > 1 && 'VOIDED TWICE',
    faulty.outstanding(id).length > 0 && 'NOTHING WENT WRONG',
    notices.length > new Set(notices).size && 'NOTIFIED TWICE',
    state !== 'accepted' && notices.at(-1) !== state && 'NOT NOTIFIED',
    ...problems,
  ]
    .filter(Boolean)
    .join(', ');
}

describe('a payment whose step', () => {
  it.each(modes)('%s ends by what really happened, with balanced books and each undo done once', async (mode) => {
    const cells = faulty.cells({ mode, steps, like: undisturbed });
    const outcomes = await inBatches(cells, async (cell) => {
      const {
        payment: { _id: id },
        row,
      } = await world.accept();
      faulty.set(id, cell);
      await world.starter.start(row!);
      // A run that could not claim the payment fails; the payment is as expected.
      await world
        .handle(id)
        .result()
        .catch((error: unknown) => expect(cell.step).toBe('validatePayment') ?? error);
      if (cell.step === 'capture' && cell.effect === undefined)
        await recordHistory(`payment-capture-${mode.replaceAll(',', '').replaceAll(' ', '-')}`, world.handle(id));
      return [cell.name, await endingOf(id)];
    });
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(cells.map(({ name, step }) => [name, endings[mode][step as Step]])),
    );
  });

  it.each(modes)('%s while it waits for its partner ends the same way', async (mode) => {
    const cells = faulty.cells({ mode, steps: stepsOfWaiting, like: capturedLater });
    const outcomes = await inBatches(cells, async (cell) => {
      const {
        payment: { _id: id },
        row,
      } = await world.accept({ capture: 'manual' });
      faulty.set(id, cell);
      await world.starter.start(row!);
      await captureOnce(id);
      await world.handle(id).result();
      return [cell.name, await endingOf(id)];
    });
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(cells.map(({ name, step }) => [name, endingsOfWaiting[mode][step as WaitingStep]])),
    );
  });
});

describe('a decline that comes as an error', () => {
  it.each([
    ['FraudDetectedError', 'checkPayment', new FraudDetectedError()],
    ['InsufficientFundsError', 'authorise', new InsufficientFundsError()],
  ])('%s of %s is not retried, though a retry would succeed: nothing is captured', async (reason, step, error) => {
    const { payment, row } = await world.accept();
    thrown.set(`${payment._id}:${step}`, error);
    await world.starter.start(row!);
    expect(await ended(payment._id)).toMatchObject({
      state: 'failed',
      reason,
      bank: { held: 0, captured: 0, authorisations: 0 },
    });
  });
});

describe('a payment whose command', () => {
  it('is a cancel before the start of the process is cancelled', async () => {
    const { payment } = await world.accept();
    expect(await world.command(payment._id, 'cancelPayment')).toMatchObject({
      state: expect.stringMatching(/cancelled|auth/),
    });
    expect(await ended(payment._id)).toMatchObject({ state: 'cancelled', bank: { held: 0, captured: 0 } });
  });

  it('is interrupted by a cancel while its step waits for a retry is refused', async () => {
    const id = await world.pay({ capture: 'manual' });
    await world.until(id, 'authorised');
    unrecordable.set(id, 0);
    const capture = world.command(id, 'capturePayment').catch((error: unknown) => error);
    await waitFor(() => unrecordable.get(id)! > 0, { what: 'the failed step' });
    expect(await world.command(id, 'cancelPayment')).toMatchObject({ state: 'authorised' });
    unrecordable.delete(id);
    expect(await capture).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { captured: 0, voids: 1 } });
    await recordHistory('payment-command-cut-short', world.handle(id));
  });
});
