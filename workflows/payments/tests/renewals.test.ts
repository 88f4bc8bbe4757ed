import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../../activities';
import { differences } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { openPaymentWorld, testParent, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';

const HOUR = 3_600_000;

let world: PaymentWorld;
const gateway = createFaultyGateway();
const { blind, silent, captureLost } = gateway.faults;
/** Payments that Temporal cancels while their authorisation is under way. */
const cancelledAfterAuthorise = new Set<string>();
const wrap = (activities: Activities): Activities => ({
  ...activities,
  async processPaymentGateway(input) {
    const answer = await activities.processPaymentGateway(input);
    if (cancelledAfterAuthorise.delete(input.paymentId)) {
      await world.handle(input.paymentId).cancel();
      await sleep(200);
    }
    return answer;
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrap, wrapGateway: gateway.wrap, webhooks: false });
});
afterAll(() => world?.close());

describe('a renewal', () => {
  const renewal = async (input: Parameters<PaymentWorld['accept']>[0] = {}) =>
    (await world.accept({ purpose: 'renewal', parent: testParent, ...input })).payment._id;

  it('returns captured, and the same when it runs again', async () => {
    const id = await renewal();
    expect(await world.runRenewal(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    await recordHistory('payment-renewal-captured', world.handle(id));
    expect(await world.runRenewal(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    expect((await differences(world, id)).bank).toMatchObject({ authorisations: 1, captures: 1 });
    expect((await world.timeline(id)).filter((type) => type === 'notified')).toHaveLength(1);
  });

  it('returns declined', async () => {
    expect(await world.runRenewal(await renewal({ paymentMethod: 'pm_decline_on_renewal' }))).toMatchObject({
      state: 'declined',
      reason: 'card_declined',
    });
  });

  it('returns unknown, is released, and settles with the same key when it runs again', async () => {
    const id = await renewal({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(id);
    expect(await world.runRenewal(id)).toEqual({ state: 'unknown', unknownCall: 'authorise', reason: null });
    await recordHistory('payment-renewal-unknown', world.handle(id));
    expect((await world.read(id)).chain).toBeNull();
    expect((await world.runRenewal(id)).state).toBe('unknown');
    blind.delete(id);
    expect((await world.runRenewal(id)).state).toBe('captured');
    await recordHistory('payment-renewal-run-again', world.handle(id));
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { authorisations: 1, captures: 1 } });
  });

  it('returns review, is decided without a process, and continues when it runs again', async () => {
    const [yes, no, never] = await Promise.all(
      [1, 2, 3].map(() => renewal({ amount: { amountMinor: 2_000_000, currency: 'EUR' } })),
    );
    for (const id of [yes!, no!, never!]) expect((await world.runRenewal(id)).state).toBe('review');
    const input = { decision: 'approve', commandId: `decide-${yes}` } as const;
    const first = await world.command(yes!, 'reviewPayment', input);
    expect(first).toMatchObject({ state: 'authorising' });
    expect((await world.runRenewal(yes!)).state).toBe('captured');
    expect(await world.command(yes!, 'reviewPayment', input)).toEqual(first);
    expect(await differences(world, yes!)).toMatchObject({ problems: [] });
    await world.command(no!, 'cancelPayment');
    expect(await world.runRenewal(no!)).toMatchObject({ state: 'cancelled' });
    expect((await world.read(no!)).review).toMatchObject({ decision: 'cancel' });
    await world.database.models.payments.updateOne(
      { _id: never },
      { $set: { since: new Date(Date.now() - 25 * HOUR) } },
    );
    expect(await world.runRenewal(never!)).toMatchObject({ state: 'declined', reason: 'review_timed_out' });
  });

  it('returns requires_action and continues after the customer acted', async () => {
    const id = await renewal({ paymentMethod: 'pm_requires_action' });
    expect((await world.runRenewal(id)).state).toBe('requires_action');
    expect((await world.runRenewal(id)).state).toBe('requires_action');
    await world.act(id, 'approve');
    expect((await world.runRenewal(id)).state).toBe('captured');
    expect(await differences(world, id)).toMatchObject({ problems: [] });
  });

  it('that is cancelled with an unconfirmed void returns unknown and voids when run again', async () => {
    const { payment } = await world.accept({ purpose: 'renewal', parent: testParent });
    const id = payment._id;
    silent.add(`${id}:void`);
    cancelledAfterAuthorise.add(id);
    expect(await world.runRenewal(id)).toMatchObject({ state: 'unknown', unknownCall: 'void' });
    expect(await world.runRenewal(id)).toMatchObject({ state: 'cancelled' });
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { voids: 1, held: 0 } });
  });

  it('is listed once for an unknown outcome, and not again after the item was closed', async () => {
    const { stuckItems, compensations } = world.database.models;
    const id = await renewal({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(id);
    await world.runRenewal(id);
    await compensations.updateOne({ entityId: id }, { $set: { sentAt: new Date(Date.now() - 25 * HOUR) } });
    for (let time = 0; time < 2; time++) expect((await world.runRenewal(id)).state).toBe('unknown');
    expect((await world.timeline(id)).filter((type) => type === 'outcome_overdue')).toHaveLength(1);
    expect(await stuckItems.countDocuments({ entityId: id, open: true })).toBe(1);
    await stuckItems.updateOne({ entityId: id }, { $set: { state: 'closed' }, $unset: { open: 1 } });
    expect((await world.runRenewal(id)).state).toBe('unknown');
    expect(await stuckItems.countDocuments({ entityId: id, open: true })).toBe(0);
    blind.delete(id);
  });

  it.each([
    ['cancelled', false],
    ['captured', true],
  ] as const)('with an unknown capture promises no cancel until the next run finds it %s', async (ends, isCaptured) => {
    const id = await renewal({ paymentMethod: isCaptured ? 'pm_timeout_after_capture' : 'pm_ok' });
    blind.add(id);
    if (!isCaptured) captureLost.add(id);
    expect(await world.runRenewal(id)).toMatchObject({ state: 'unknown', unknownCall: 'capture' });
    const command = { commandId: `cancel-${id}` };
    for (let time = 0; time < 2; time++)
      await expect(world.command(id, 'cancelPayment', { ...command, attempts: 1 })).rejects.toMatchObject({
        code: 'OUTCOME_PENDING',
      });
    await expect(world.command(id, 'cancelPayment')).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    blind.delete(id);
    expect((await world.runRenewal(id)).state).toBe(ends);
    if (isCaptured)
      await expect(world.command(id, 'cancelPayment', command)).rejects.toMatchObject({ code: 'PAYMENT_CAPTURED' });
    else expect(await world.command(id, 'cancelPayment', command)).toMatchObject({ state: 'cancelled' });
    expect(await differences(world, id)).toMatchObject({ problems: [] });
  });
});
