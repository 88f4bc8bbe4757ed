import { createFaultyGateway } from '../../testing/faults/faulty-gateway';
import { openPaymentWorld, type PaymentWorld } from '../../testing/worlds/payment-world';
import { quietTemporal } from '../../testing/servers/quiet-temporal';
import { waiveUndo } from '../../testing/worlds/waive-undo';
import { waitFor } from '../../testing/wait-for';
import { verifyLedger } from '../verify-ledger';

let world: PaymentWorld;
const gateway = createFaultyGateway();
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway: gateway.wrap, webhooks: false });
});
afterAll(() => world?.close());

async function verify(): Promise<{ agree: boolean; lines: string[] }> {
  const lines: string[] = [];
  const env = {
    MONGODB_URI: world.mongodbUri,
    SANDBOX_GATEWAY_URL: world.bank.url,
    OPERATOR_KEY: 'x'.repeat(32),
    TOKEN_SECRET: 'y'.repeat(32),
  };
  const agree = await verifyLedger({ env, print: (line) => lines.push(line) });
  return { agree, lines };
}

it('the books agree with a hold that an operator waived, and not with an orphaned one', async () => {
  const { compensations } = world.database.models;
  const id = await world.pay({ capture: 'manual' });
  await world.until(id, 'authorised');
  gateway.faults.unvoidable.add(id);
  await world.command(id, 'cancelPayment');
  const { _id: compensationId } = await waitFor(
    () => compensations.findOneAndUpdate({ entityId: id, state: 'compensating' }, { $set: { state: 'stuck' } }).lean(),
    { what: 'the compensation' },
  );
  await waiveUndo(world, { paymentId: id, compensationId });
  await world.until(id, 'cancelled');
  expect(await verify()).toEqual({ agree: true, lines: expect.arrayContaining(['The books agree.']) });

  await compensations.updateOne({ _id: compensationId }, { $set: { state: 'compensated' } });
  expect(await verify()).toEqual({
    agree: false,
    lines: expect.arrayContaining([expect.stringContaining(`${id}:void:1: our books have it, the gateway does not`)]),
  });
});
