import { cancelPaymentSignal } from '../../../src/contracts/payments/payment';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld();
});
afterAll(() => world.close());

it('refuses updates and ignores signals that name no command, and goes on', async () => {
  const paymentId = await world.pay({ capture: 'manual' });
  await world.until(paymentId, 'authorised');
  const handle = world.handle(paymentId);
  for (const args of [[], [null], [{}]]) {
    await handle.signal(cancelPaymentSignal.name, ...args);
    for (const name of ['capturePayment', 'cancelPayment'])
      await expect(handle.executeUpdate(name, { args } as never)).rejects.toMatchObject({
        cause: { type: 'INVALID_INPUT' },
      });
  }
  await world.command(paymentId, 'capturePayment', {});
  await world.until(paymentId, 'captured');
});
