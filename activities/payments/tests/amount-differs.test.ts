import type { PaymentGateway } from '../../../src/clients/gateways/payment-gateway';
import { gatewayReported } from '../../../src/contracts/payments/payment';
import type { Money } from '../../../src/domain/money';
import { differences } from '../../../src/testing/expect-books';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { waiveUndo } from '../../../src/testing/worlds/waive-undo';

/** The results that the gateway reports with another amount, by `<payment or refund>:<call>`. */
const distorted = new Map<string, Money>();
const distort = <Result>(idempotencyKey: string, result: Result): Result => {
  const amount = distorted.get(idempotencyKey.split(':').slice(0, 2).join(':'));
  return amount && typeof result === 'object' && result !== null && 'amount' in result ? { ...result, amount } : result;
};
const wrapGateway = (gateway: PaymentGateway): PaymentGateway => ({
  ...gateway,
  authorise: async (input) => distort(input.idempotencyKey, await gateway.authorise(input)),
  capture: async (input) => distort(input.idempotencyKey, await gateway.capture(input)),
  refund: async (input) => distort(input.idempotencyKey, await gateway.refund(input)),
  async lookUp(input) {
    const found = await gateway.lookUp(input);
    return found.status === 'found'
      ? ({ ...found, result: distort(input.idempotencyKey, found.result) } as typeof found)
      : found;
  },
});

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ wrapGateway, webhooks: false });
});
afterAll(() => world?.close());

const itemOf = (entityId: string) =>
  waitFor(() => world.database.models.stuckItems.findOne({ entityId, kind: 'amount_differs' }).lean(), {
    what: 'the item on the list of the operator',
  });
const stateOfItem = async (entityId: string) => (await itemOf(entityId)).state;
const postedEvents = async (paymentId: string) => (await world.postings(paymentId)).map(({ event }) => event);
const cent = { amountMinor: 1, currency: 'EUR' };

it.each([
  [
    'authorise',
    { amountMinor: 5000, currency: 'USD' },
    [],
    'The gateway reports 50.00 USD for the authorise of 50.00 EUR',
  ],
  ['capture', cent, ['authorise'], 'The gateway reports 0.01 EUR for the capture of 50.00 EUR'],
] as const)('another amount for %s is not booked, but waits for a person', async (call, amount, posted, detail) => {
  const { payment, row } = await world.accept();
  const { _id: id } = payment;
  distorted.set(`${id}:${call}`, amount);
  await world.starter.start(row!);
  expect(await itemOf(id)).toMatchObject({
    state: 'open',
    entityType: 'payment',
    detail: `${detail}; nothing is booked`,
  });
  await world.until(id, 'unknown');
  expect(await postedEvents(id)).toEqual(posted);
  expect(await world.read(id)).toMatchObject({ unknownCall: call, capturedMinor: 0 });

  distorted.delete(`${id}:${call}`);
  await world.handle(id).signal(gatewayReported);
  await world.until(id, 'captured');
  expect(await stateOfItem(id)).toBe('mended');
  expect((await world.timeline(id)).filter((type) => type === 'amount_differs')).toHaveLength(1);
  expect((await differences(world, id)).problems).toEqual([]);
});

it('a hold of another amount is voided when the payment is cancelled, and nothing of it is booked', async () => {
  const { payment, row } = await world.accept();
  const { _id: id } = payment;
  distorted.set(`${id}:authorise`, { amountMinor: 4999, currency: 'EUR' });
  await world.starter.start(row!);
  await world.until(id, 'unknown');
  await world.command(id, 'cancelPayment');
  await world.until(id, 'cancelled');
  expect((await world.bankItems(id)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
  expect(await postedEvents(id)).toEqual([]);
  expect(await stateOfItem(id)).toBe('mended');
});

it('a difference that is reported again after its item was closed is on the list again', async () => {
  const { payment, row } = await world.accept();
  const { _id: id } = payment;
  distorted.set(`${id}:authorise`, { amountMinor: 4999, currency: 'EUR' });
  await world.starter.start(row!);
  const { _id: itemId } = await itemOf(id);
  await world.until(id, 'unknown');
  const closed = { $set: { state: 'closed' as const }, $unset: { open: 1 as const } };
  await world.database.models.stuckItems.updateOne({ _id: itemId }, closed);
  await world.handle(id).signal(gatewayReported);
  await waitFor(async () => (await world.database.models.stuckItems.findOne({ entityId: id, open: true })) !== null, {
    what: 'the second item',
  });
  expect((await world.timeline(id)).filter((type) => type === 'amount_differs')).toHaveLength(1);
  distorted.delete(`${id}:authorise`);
  await world.handle(id).signal(gatewayReported);
  await world.until(id, 'captured');
});

it('another amount for a refund is not booked, but waits for a person', async () => {
  const paymentId = await world.pay();
  await world.until(paymentId, 'captured');
  const { refund, row } = await world.acceptRefund(paymentId, { amountMinor: 2000, currency: 'EUR' });
  const { _id: refundId } = refund;
  distorted.set(`${refundId}:refund`, cent);
  await world.starter.start(row);
  expect(await itemOf(refundId)).toMatchObject({
    detail: 'The gateway reports 0.01 EUR for the refund of 20.00 EUR; nothing is booked',
  });
  expect((await world.readRefund(refundId)).state).toBe('pending');
  expect(await world.read(paymentId)).toMatchObject({ refundedMinor: 0, pendingRefundMinor: 2000 });

  distorted.delete(`${refundId}:refund`);
  await world.refundHandle(refundId).signal(gatewayReported);
  await waitFor(async () => (await world.readRefund(refundId)).state === 'succeeded', { what: 'the refund' });
  expect(await stateOfItem(refundId)).toBe('mended');
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it.each(['capturePayment', 'cancelPayment'] as const)(
  'a capture of 1 cent under our key, found by %s, is not booked, and the operator ends the payment',
  async (command) => {
    const { compensations } = world.database.models;
    const id = await world.pay({ capture: 'manual' });
    await world.until(id, 'authorised');
    await world.captureAtTheGateway(id, 1, `${id}:capture:1`);
    await world.command(id, command);
    expect(await itemOf(id)).toMatchObject({ state: 'open', detail: expect.stringContaining('reports 0.01 EUR') });
    expect(await postedEvents(id)).toEqual(['authorise']);
    expect((await world.read(id)).capturedMinor).toBe(0);

    const { _id: compensationId } = await waitFor(
      () =>
        compensations.findOneAndUpdate({ entityId: id, state: 'compensating' }, { $set: { state: 'stuck' } }).lean(),
      { what: 'the compensation' },
    );
    await waiveUndo(world, { paymentId: id, compensationId });
    await world.until(id, command === 'cancelPayment' ? 'cancelled' : 'failed');
    expect(await stateOfItem(id)).toBe('mended');
    expect(await world.read(id)).toMatchObject({ capturedMinor: 0 });
  },
);
