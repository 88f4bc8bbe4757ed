import type { WorkflowHandle } from '@temporalio/client';
import { gatewayReported, type PaymentStatus } from '../../../src/contracts/payments/payment';
import { differences } from '../../../src/testing/expect-books';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';

/*
 * A payment's history grows by a look at the gateway's books, about a dozen events, every hour of an outage. The server
 * suggests a fresh start at 4,096 events or 4 MB: after two weeks of silence, or here by news that is as long as it is
 * empty.
 */
const NEWS = 'x'.repeat(200_000);
const AT_ONCE = 5;
const MOST_TOLD = 60;

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ webhooks: false });
});
afterAll(() => world?.close());
afterEach(() => world.chaos({ down: false }));

/** Has the process told of news, of which there is none, until it has started afresh. */
async function untilAfresh(handle: WorkflowHandle): Promise<void> {
  const { runId } = await handle.describe();
  for (let told = 0; told < MOST_TOLD; told += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => handle.signal<[string]>(gatewayReported.name, NEWS)));
    if ((await handle.describe()).runId !== runId) return;
  }
  await waitFor(async () => (await handle.describe()).runId !== runId, { what: 'a fresh start' });
}

it('a payment with an unknown outcome continues as new where it stood and is charged once', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const before = await world.read(paymentId);
  await untilAfresh(world.handle(paymentId));
  await waitFor(async () => (await world.read(paymentId)).runs === 2, { what: 'the fresh run to own it' });
  expect(await world.read(paymentId)).toMatchObject({
    state: 'unknown',
    unknownCall: 'authorise',
    chain: before.chain,
    since: before.since,
  });
  // It owns the payment a moment before it has read how things stand.
  const status = await waitFor(
    async () => {
      const answer = await world.handle(paymentId).query<PaymentStatus>('getState');
      return answer.state !== 'accepted' && answer;
    },
    { what: 'the fresh run to know the payment' },
  );
  expect(status).toMatchObject({
    state: 'unknown',
    waitingFor: { what: 'gateway', until: new Date(before.since.getTime() + 86_400_000).toISOString() },
  });
  await world.chaos({ down: false });
  await world.handle(paymentId).signal(gatewayReported);
  await world.until(paymentId, 'captured');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'captured']);
  expect((await world.timeline(paymentId)).filter((type) => type === 'captured')).toHaveLength(1);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('a promised cancel survives continue-as-new and is answered again when it is repeated', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const commandId = 'cancel-across-runs';
  const promised = await world.command(paymentId, 'cancelPayment', { commandId });
  expect((await world.read(paymentId)).undoing).toMatchObject({ towards: 'cancelled' });
  await untilAfresh(world.handle(paymentId));
  await waitFor(async () => (await world.read(paymentId)).runs === 2, { what: 'the fresh run to own it' });
  expect((await world.read(paymentId)).undoing).toMatchObject({ towards: 'cancelled', reason: 'cancelled' });
  expect(await world.command(paymentId, 'cancelPayment', { commandId })).toEqual(promised);
  await world.chaos({ down: false });
  await world.handle(paymentId).signal(gatewayReported);
  await world.until(paymentId, 'cancelled');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('a refund whose answer stays out starts afresh, and gives back once', async () => {
  const paymentId = await world.pay();
  await world.until(paymentId, 'captured');
  await world.chaos({ down: true });
  const refundId = await world.refund(paymentId);
  await waitFor(async () => (await world.readRefund(refundId)).chain !== null, { what: 'its process' });
  await untilAfresh(world.refundHandle(refundId));
  expect((await world.readRefund(refundId)).state).toBe('pending');
  await world.chaos({ down: false });
  await world.refundHandle(refundId).signal(gatewayReported);
  await waitFor(async () => (await world.readRefund(refundId)).state === 'succeeded', { what: 'the refund' });
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual([
    'authorised',
    'captured',
    'refunded',
  ]);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});
