import { createFaultyGateway } from '../../testing/faults/faulty-gateway';
import { openPaymentWorld, type PaymentWorld } from '../../testing/worlds/payment-world';
import { quietTemporal } from '../../testing/servers/quiet-temporal';
import { seedPartner } from '../../testing/worlds/seed-partner';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { waiveUndo } from '../../testing/worlds/waive-undo';
import { waitFor } from '../../testing/wait-for';
import { verifyLedger } from '../maintenance/verify-ledger';

let world: PaymentWorld;
const gateway = createFaultyGateway();
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway: gateway.wrap, webhooks: false });
});
afterAll(() => world?.close());

async function verify(change: NodeJS.ProcessEnv = {}): Promise<{ agree: boolean; lines: string[] }> {
  const lines: string[] = [];
  const env = {
    MONGODB_URI: world.mongodbUri,
    SANDBOX_GATEWAY_URL: world.bank.url,
    SANDBOX_WEBHOOK_SECRET: world.bank.secret,
    OPERATOR_KEY: 'x'.repeat(32),
    TOKEN_SECRET: 'y'.repeat(32),
    ...change,
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

it('lists lines that are not ours, and goes on with every other tenant', async () => {
  const { database, bank, tenantId } = world;
  const { tenantId: other } = await seedPartner({ database });
  await seedPayment({ api: { database }, tenantId: other });
  await database.models.partners.updateMany({}, { $set: { sandboxResetAt: new Date(0) } });
  const paid = await world.pay();
  await world.until(paid, 'captured');
  const before = await verify();
  const authorise = (account: string, idempotencyKey: string) =>
    bank.call({
      tenantId: account,
      path: '/v1/authorisations',
      idempotencyKey,
      body: { amount: { amountMinor: 1, currency: 'EUR' }, paymentMethod: 'pm_ok', at: new Date().toISOString() },
    });
  const unknown = 'pay_01m7y3ad3af6e964zt6px52w8e:authorise:1';
  const odd = ['x', ':::', 'pay_x:authorise:1', '$ne', `${paid}:authorise:2`];
  for (const key of [...odd, unknown]) await authorise(tenantId, key);
  await authorise(other, `${paid}:authorise:1`);

  const { agree, lines } = await verify();
  expect(agree).toBe(false);
  const foreign = [
    ...[...odd, unknown].map((key) => `foreign ${tenantId}: ${key} (authorise, 1 EUR): no call of ours`),
    `foreign ${other}: ${paid}:authorise:1 (authorise, 1 EUR): no call of ours`,
  ];
  expect(lines).toEqual(expect.arrayContaining(foreign));
  const own = ({ lines: all }: { lines: string[] }) => all.filter((line) => line.startsWith('differs'));
  expect(own({ lines })).toEqual(own(before));
  expect(lines.at(-1)).toBe(`${own(before).length} difference(s), ${foreign.length} foreign line(s) at the gateway.`);
});

it('names an amount that was not asked for while its payment waits', async () => {
  const id = await world.pay({ capture: 'manual' });
  await world.until(id, 'authorised');
  await world.captureAtTheGateway(id, 1, `${id}:capture:1`);
  await world.command(id, 'capturePayment');
  await waitFor(() => world.database.models.stuckItems.exists({ entityId: id, kind: 'amount_differs' }), {
    what: 'the item on the list of the operator',
  });
  const { lines } = await verify();
  expect(lines).toContainEqual(
    expect.stringContaining(`${id}:capture:1: we asked for 5000 EUR (capture) (ours nothing, theirs 1 EUR)`),
  );
  expect(lines).toContainEqual(expect.stringContaining(`${id}: The gateway reports 0.01 EUR for the capture of`));
});

it('reports books of the gateway that it cannot read, and checks ours all the same', async () => {
  const otherSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  for (const [secret, reason] of [
    [otherSecret, '401'],
    [undefined, 'SANDBOX_WEBHOOK_SECRET is not set'],
  ]) {
    const { agree, lines } = await verify({ SANDBOX_WEBHOOK_SECRET: secret });
    expect(agree).toBe(false);
    expect(lines).toContainEqual(expect.stringMatching(`differs ${world.tenantId}: the gateway's books .*${reason}`));
    expect(lines.at(-1)).toMatch(/difference/);
  }
});
