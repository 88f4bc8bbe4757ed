import type { PaymentStatus } from '../../../src/contracts/payments/payment';
import { endedPayment } from '../../../src/testing/expect-books';
import { openPaymentWorld, testActor, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld();
});
afterAll(() => world?.close());

const ended = (id: string, historyName?: string) => endedPayment(world, id, historyName);
const authorised = async () => {
  const id = await world.pay({ capture: 'manual' });
  await world.until(id, 'authorised');
  return id;
};
const nothingCaptured = { held: 0, captured: 0 };

describe('an authorised payment', () => {
  it.each([
    [undefined, 5000],
    [{ amountMinor: 1200, currency: 'EUR' }, 1200],
  ])('captures by command: %j', async (amount, captured) => {
    const id = await authorised();
    expect(await world.command(id, 'capturePayment', { amount })).toMatchObject({ state: 'capturing' });
    const { result, bank } = await ended(id, amount ? 'captured-in-part' : 'captured-by-command');
    expect(result.state).toBe('captured');
    expect(bank).toMatchObject({ captured, captures: 1 });
  });

  it('applies a command once and returns the same for its repeat, even after the end', async () => {
    const id = await authorised();
    const commandId = `repeat-${id}`;
    const first = await world.command(id, 'capturePayment', { commandId });
    await ended(id);
    expect(await world.command(id, 'capturePayment', { commandId })).toEqual(first);
    expect((await world.timeline(id)).filter((type) => type === 'capturing')).toHaveLength(1);
  });

  it.each(['capturePayment', 'cancelPayment'] as const)(
    'posts a capture made at the gateway itself, found by %s, and refunds no more than that',
    async (command) => {
      const id = await authorised();
      await world.captureAtTheGateway(id, 1500);
      await world.command(id, command);
      const { result, bank } = await ended(id);
      expect(result.state).toBe('captured');
      expect(bank).toMatchObject({ captured: 1500, captures: 1, voids: 0 });
      expect(await world.read(id)).toMatchObject({ authorisedMinor: 5000, capturedMinor: 1500 });
      await expect(world.acceptRefund(id, { amountMinor: 1501, currency: 'EUR' })).rejects.toMatchObject({
        code: 'REFUND_EXCEEDS_CAPTURED',
      });
    },
  );

  it('is voided when it is not captured within 7 days', async () => {
    const id = await authorised();
    await world.advance(id, 7 * DAY - HOUR);
    expect((await world.read(id)).state).toBe('authorised');
    await world.advance(id, 2 * HOUR);
    const { result, bank } = await ended(id, 'voided-after-7-days');
    expect(result).toMatchObject({ state: 'cancelled', reason: 'not_captured_in_time' });
    expect(bank).toMatchObject({ ...nothingCaptured, voids: 1 });
  });

  it('is voided when it is cancelled by command before the capture', async () => {
    const id = await authorised();
    expect(await world.command(id, 'cancelPayment')).toMatchObject({ state: 'authorised' });
    const { result, bank } = await ended(id, 'cancelled-authorised');
    expect(result).toMatchObject({ state: 'cancelled', reason: 'cancelled' });
    expect(bank).toMatchObject({ ...nothingCaptured, voids: 1 });
    expect(await world.effects(id)).toEqual({ authorise: 'compensated' });
    expect((await world.timeline(id)).slice(-3)).toEqual(['undoing', 'cancelled', 'notified']);
  });

  it('is cancelled by Temporal itself and by signal just as by command', async () => {
    const [byTemporal, bySignal] = [await authorised(), await authorised()];
    await world.handle(byTemporal).cancel();
    await world.handle(bySignal).signal('cancelPayment', { commandId: 'sig-1', by: testActor });
    expect((await ended(byTemporal, 'cancelled-in-temporal')).result).toMatchObject({
      state: 'cancelled',
      reason: 'cancelled_in_temporal',
    });
    expect((await ended(bySignal, 'cancelled-by-signal')).result).toMatchObject({ state: 'cancelled' });
  });

  it('refuses a cancel after the capture with the code that the api turns into a refund', async () => {
    const id = await world.pay();
    await ended(id);
    await expect(world.command(id, 'cancelPayment')).rejects.toMatchObject({ code: 'PAYMENT_CAPTURED' });
  });

  it('reports in getState the capture that it waits for, and the deadline', async () => {
    const id = await authorised();
    const waitsForCapture = async () => {
      const { waitingFor } = await world.handle(id).query<PaymentStatus>('getState');
      return waitingFor?.what === 'capture' && waitingFor.until;
    };
    const until = await waitFor(waitsForCapture, { what: 'the payment to wait for the capture' });
    expect(Math.abs(Date.parse(until) - (await world.read(id)).until!.getTime())).toBeLessThan(5000);
  });
});
