import { setTimeout as sleep } from 'node:timers/promises';
import type { Activities } from '../../../activities';
import { differences } from '../../../src/testing/expect-books';
import { createFaultyGateway } from '../../../src/testing/faults/faulty-gateway';
import { openPaymentWorld, testParent, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/record-history';

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

  it('answers captured, and the same when it is asked again', async () => {
    const id = await renewal();
    expect(await world.ask(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    await recordHistory('payment-renewal-captured', world.handle(id));
    expect(await world.ask(id)).toEqual({ state: 'captured', unknownCall: null, reason: null });
    expect((await differences(world, id)).bank).toMatchObject({ authorisations: 1, captures: 1 });
    expect((await world.timeline(id)).filter((type) => type === 'notified')).toHaveLength(1);
  });

  it('answers declined', async () => {
    expect(await world.ask(await renewal({ paymentMethod: 'pm_decline_on_renewal' }))).toMatchObject({
      state: 'declined',
      reason: 'card_declined',
    });
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
    const [yes, no, never] = await Promise.all(
      [1, 2, 3].map(() => renewal({ amount: { amountMinor: 2_000_000, currency: 'EUR' } })),
    );
    for (const id of [yes!, no!, never!]) expect((await world.ask(id)).state).toBe('review');
    const input = { decision: 'approve', commandId: `decide-${yes}` } as const;
    const first = await world.command(yes!, 'reviewPayment', input);
    expect(first).toMatchObject({ state: 'authorising' });
    expect((await world.ask(yes!)).state).toBe('captured');
    expect(await world.command(yes!, 'reviewPayment', input)).toEqual(first);
    expect(await differences(world, yes!)).toMatchObject({ problems: [] });
    await world.command(no!, 'cancelPayment');
    expect(await world.ask(no!)).toMatchObject({ state: 'cancelled' });
    await world.database.models.payments.updateOne(
      { _id: never },
      { $set: { since: new Date(Date.now() - 25 * HOUR) } },
    );
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

  it('that is cancelled with an unconfirmed void returns unknown and voids when run again', async () => {
    const { payment } = await world.accept({ purpose: 'renewal', parent: testParent });
    const id = payment._id;
    silent.add(`${id}:void`);
    cancelledAfterAuthorise.add(id);
    expect(await world.ask(id)).toMatchObject({ state: 'unknown', unknownCall: 'void' });
    expect(await world.ask(id)).toMatchObject({ state: 'cancelled' });
    expect(await differences(world, id)).toMatchObject({ problems: [], bank: { voids: 1, held: 0 } });
  });

  it('is listed once for an outcome that stays unknown, and not again after it was closed', async () => {
    const { stuckItems, payments } = world.database.models;
    const id = await renewal({ paymentMethod: 'pm_timeout_after_charge' });
    blind.add(id);
    await world.ask(id);
    await payments.updateOne({ _id: id }, { $set: { since: new Date(Date.now() - 25 * HOUR) } });
    for (let ask = 0; ask < 2; ask++) expect((await world.ask(id)).state).toBe('unknown');
    expect((await world.timeline(id)).filter((type) => type === 'outcome_overdue')).toHaveLength(1);
    expect(await stuckItems.countDocuments({ entityId: id, open: true })).toBe(1);
    await stuckItems.updateOne({ entityId: id }, { $set: { state: 'closed' }, $unset: { open: 1 } });
    expect((await world.ask(id)).state).toBe('unknown');
    expect(await stuckItems.countDocuments({ entityId: id, open: true })).toBe(0);
    blind.delete(id);
  });

  it.each([
    ['cancelled', false],
    ['captured', true],
  ] as const)(
    'whose capture is unknown promises no cancel: it is pending until the next run finds it %s',
    async (ends, isCaptured) => {
      const id = await renewal({ paymentMethod: isCaptured ? 'pm_timeout_after_capture' : 'pm_ok' });
      blind.add(id);
      if (!isCaptured) captureLost.add(id);
      expect(await world.ask(id)).toMatchObject({ state: 'unknown', unknownCall: 'capture' });
      const command = { commandId: `cancel-${id}` };
      for (let time = 0; time < 2; time++)
        await expect(world.command(id, 'cancelPayment', { ...command, attempts: 1 })).rejects.toMatchObject({
          code: 'OUTCOME_PENDING',
        });
      await expect(world.command(id, 'cancelPayment')).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
      blind.delete(id);
      expect((await world.ask(id)).state).toBe(ends);
      if (isCaptured)
        await expect(world.command(id, 'cancelPayment', command)).rejects.toMatchObject({ code: 'PAYMENT_CAPTURED' });
      else expect(await world.command(id, 'cancelPayment', command)).toMatchObject({ state: 'cancelled' });
      expect(await differences(world, id)).toMatchObject({ problems: [] });
    },
  );
});
