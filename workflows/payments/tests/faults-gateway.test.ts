import { gatewayReported, getState } from '../../../src/contracts/payments/payment';
import { waitOfPayment } from '../../../src/http/payments/present-payment';
import { retryCompensation } from '../../../src/services/payments/resolve-compensation';
import { requestCompensationRetry } from '../../../src/temporal/commands/payments/request-compensation-retry';
import { differences, endedPayment } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { openPaymentWorld, testActor, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waiveUndo } from '../../../src/testing/worlds/waive-undo';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;

let world: PaymentWorld;
const gateway = createFaultyGateway();
const { blind, unvoidable, stumbling, silent, lostOnTheWay, keptError, brokenOff, lockedOut, readOnly } =
  gateway.faults;

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway: gateway.wrap, webhooks: false });
});
afterAll(() => world?.close());

const authorised = async () => {
  const id = await world.pay({ capture: 'manual' });
  await world.until(id, 'authorised');
  return id;
};
const ended = (id: string) => endedPayment(world, id);
const advanceTenMinutes = async (id: string) => {
  for (let minute = 1; minute <= 10; minute++) await world.advance(id, 60_000);
};

describe('a payment whose gateway', () => {
  it('never received the authorisation is called again with the same key, after a while', async () => {
    const { payment, row } = await world.accept();
    lostOnTheWay.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    await world.advance(payment._id, 120_000);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
    await recordHistory('payment-unknown-never-arrived', world.handle(payment._id));
  });

  it.each(['automatic', 'manual'] as const)(
    'reports by look-up that the customer must confirm waits an hour (%s capture)',
    async (capture) => {
      const { payment, row } = await world.accept({ paymentMethod: 'pm_requires_action', capture });
      const id = payment._id;
      silent.add(`${id}:authorise`);
      await world.starter.start(row!);
      await world.until(id, 'requires_action');
      expect(await world.timeline(id)).toContain('unknown');
      const waiting = await world.read(id);
      const until = new Date(waiting.since.getTime() + HOUR).toISOString();
      expect(waitOfPayment(waiting)).toEqual({ what: 'the customer to confirm the payment with the bank', until });
      // The process learns of the action a moment later, and its hour starts there.
      const status = await waitFor(
        async () => {
          const { state, waitingFor } = await world.handle(id).query(getState);
          return state === 'requires_action' && waitingFor;
        },
        { what: 'the process to wait for the customer' },
      );
      expect(status).toEqual({ what: 'customer', until: expect.any(String) });
      expect(Date.parse(status.until!)).toBeGreaterThanOrEqual(Date.parse(until));
      await world.advance(id, HOUR + 60_000);
      expect(await ended(id)).toMatchObject({ state: 'cancelled', reason: 'customer_did_not_act', bank: { held: 0 } });
    },
  );

  it('reports after half a day, but cannot be looked up yet, is looked up again within seconds', async () => {
    const { payment, row } = await world.accept({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    await world.advance(payment._id, 12 * HOUR);
    const before = gateway.seen.lookUps;
    await world.handle(payment._id).signal(gatewayReported);
    await waitFor(() => gateway.seen.lookUps > before, { what: 'the look-up that the report brings forward' });
    blind.delete(payment._id);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured' });
  });

  it("is silent for 24 hours is on the operator's list, and settles when the gateway answers", async () => {
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

  it('keeps an error under its key is listed a day after the first attempt, never charged late', async () => {
    const { payment, row } = await world.accept();
    const id = payment._id;
    keptError.add(id);
    await world.starter.start(row!);
    await world.until(id, 'unknown');
    await world.advance(id, 23 * HOUR);
    const open = () => world.database.models.stuckItems.find({ entityId: id, open: true }).lean();
    expect(await open()).toEqual([]);
    await world.advance(id, 2 * HOUR);
    expect(await open()).toMatchObject([{ kind: 'outcome_unknown' }]);
    keptError.delete(id);
    await world.advance(id, 6 * HOUR);
    expect(await world.bankItems(id)).toEqual([]);
    expect(await world.read(id)).toMatchObject({ state: 'unknown', unknownCall: 'authorise' });
    await world.command(id, 'cancelPayment');
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { authorisations: 0 } });
  });

  it('has an unknown outcome is voided when it is cancelled meanwhile', async () => {
    const { payment, row } = await world.accept({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(payment._id);
    await world.starter.start(row!);
    await world.until(payment._id, 'unknown');
    expect(await world.command(payment._id, 'cancelPayment')).toMatchObject({ state: 'unknown' });
    blind.delete(payment._id);
    expect(await ended(payment._id)).toMatchObject({ state: 'cancelled', bank: { held: 0, captured: 0, voids: 1 } });
    await recordHistory('payment-cancelled-unknown', world.handle(payment._id));
  });

  it('refuses the repeat of an authorisation that may have arrived leaves it unknown', async () => {
    const { payment, row } = await world.accept();
    brokenOff.add(payment._id);
    await world.starter.start(row!);
    await waitFor(async () => (await world.bankItems(payment._id)).length > 0, { what: 'the hold' });
    lockedOut.add(payment._id);
    await world.until(payment._id, 'unknown');
    expect(await world.effects(payment._id)).toEqual({ authorise: 'intent' });
    lockedOut.delete(payment._id);
    await world.advance(payment._id, 120_000);
    expect(await ended(payment._id)).toMatchObject({ state: 'captured', bank: { authorisations: 1, captures: 1 } });
  });

  it("refuses an authorisation that may have arrived puts its undoing on the operator's list", async () => {
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
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      reason: 'gateway_request_refused',
      bank: { authorisations: 1, voids: 1, held: 0 },
    });
    await recordHistory('payment-refused-after-silence', world.handle(id));
  });

  it('refuses an authorisation that was never sent before has failed', async () => {
    const { payment, row } = await world.accept();
    lockedOut.add(payment._id);
    await world.starter.start(row!);
    expect(await ended(payment._id)).toMatchObject({
      state: 'failed',
      reason: 'gateway_request_refused',
      bank: { authorisations: 0 },
    });
    expect(await world.effects(payment._id)).toEqual({ authorise: 'none' });
  });

  it('does not answer the void is unknown, and settles cancelled with one void', async () => {
    const id = await authorised();
    silent.add(`${id}:void`);
    await world.command(id, 'cancelPayment');
    await world.until(id, 'unknown');
    await world.advance(id, 10_000);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { voids: 1 } });
    await recordHistory('payment-unknown-void', world.handle(id));
  });

  it('refuses the undo for 10 minutes is listed, and undone once when an operator retries it', async () => {
    const id = await authorised();
    unvoidable.add(id);
    await world.command(id, 'cancelPayment');
    await advanceTenMinutes(id);
    const { _id: compensationId, failures } = await world.database.models.compensations
      .findOne({ entityId: id, effect: 'authorise', state: 'stuck' })
      .lean()
      .orFail();
    expect(failures).toBeGreaterThanOrEqual(10);
    expect(await world.read(id)).toMatchObject({ state: 'authorised', undoing: { towards: 'cancelled' } });
    unvoidable.delete(id);
    const retry = { database: world.database, compensationId, by: testActor };
    const at = new Date().toISOString();
    await world.database.inTransaction((session) => retryCompensation({ ...retry, at, session }));
    await requestCompensationRetry(world.client, { entityId: id });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { voids: 1, held: 0 } });
    expect(await world.effects(id)).toEqual({ authorise: 'compensated' });
    await expect(
      world.database.inTransaction((session) => retryCompensation({ ...retry, at, session })),
    ).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    await recordHistory('payment-undo-failed-for-long', world.handle(id));
  });

  it('fails the undo unexpectedly counts every failure, and is undone once afterwards', async () => {
    const id = await authorised();
    stumbling.add(id);
    await world.command(id, 'cancelPayment');
    const counted = () =>
      world.database.models.compensations
        .findOne({ entityId: id, state: 'compensating', lastError: 'TypeError', failures: { $gte: 3 } })
        .lean();
    await waitFor(counted, { what: 'failures to be counted' });
    stumbling.delete(id);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', bank: { voids: 1, held: 0 } });
    expect(await world.effects(id)).toEqual({ authorise: 'compensated' });
  });

  it('refuses the undo for good ends when an operator waives it, with the operator recorded', async () => {
    const id = await authorised();
    unvoidable.add(id);
    await world.command(id, 'cancelPayment');
    const stuck = () => world.database.models.compensations.findOne({ entityId: id, state: 'stuck' }).lean();
    await advanceTenMinutes(id);
    const { _id: compensationId } = await waitFor(stuck, { what: 'the stuck undo' });
    await waiveUndo(world, { paymentId: id, compensationId });
    await world.handle(id).result();
    expect((await world.read(id)).state).toBe('cancelled');
    expect(await world.database.models.compensations.findById(compensationId).lean()).toMatchObject({
      state: 'waived',
      waived: { by: testActor, reason: 'Settled by phone' },
    });
    expect((await differences(world, id)).bank.held).toBe(5000);
  });
});
