import type { WorkflowHandle } from '@temporalio/client';
import { gatewayReported, type PaymentStatus } from '../../../src/contracts/payments/payment';
import { differences } from '../../../src/testing/expect-books';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';

/*
 * A payment's history grows by a look-up at the gateway, about a dozen events, every hour of an outage. The server
 * suggests to continue as new at 4,096 events or 4 MB: after two weeks of silence, or here by long signals.
 */
const LONG_ARGUMENT = { correlationId: 'x'.repeat(200_000) };
const CONCURRENT_SIGNALS = 5;
const MAX_SIGNALS = 60;

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld({ webhooks: false });
});
afterAll(() => world?.close());
afterEach(() => world.chaos({ down: false }));

/** Sends wake-ups without a reason until the process has continued as new. */
async function untilContinuedAsNew(handle: WorkflowHandle): Promise<void> {
  const { runId } = await handle.describe();
  for (let sent = 0; sent < MAX_SIGNALS; sent += CONCURRENT_SIGNALS) {
    await Promise.all(
      Array.from({ length: CONCURRENT_SIGNALS }, () =>
        handle.signal<[typeof LONG_ARGUMENT]>(gatewayReported.name, LONG_ARGUMENT),
      ),
    );
    if ((await handle.describe()).runId !== runId) return;
  }
  await waitFor(async () => (await handle.describe()).runId !== runId, { what: 'the process to continue as new' });
}

it('a payment with an unknown outcome continues as new where it stood and is charged once', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const before = await world.read(paymentId);
  // The deadline counts from the first attempt of the call, a moment before its outcome was recorded as unknown.
  const { waitingFor } = await world.handle(paymentId).query<PaymentStatus>('getState');
  expect(waitingFor).toMatchObject({ what: 'gateway', until: expect.any(String) });
  await untilContinuedAsNew(world.handle(paymentId));
  const owned = await waitFor(
    async () => {
      const payment = await world.read(paymentId);
      return payment.runs === 2 && payment;
    },
    { what: 'the new run to own the payment' },
  );
  expect(owned).toMatchObject({
    state: 'unknown',
    unknownCall: 'authorise',
    chain: before.chain,
    since: before.since,
  });
  // The run owns the payment a moment before it has read the progress.
  const status = await waitFor(
    async () => {
      const answer = await world.handle(paymentId).query<PaymentStatus>('getState');
      return answer.state !== 'accepted' && answer;
    },
    { what: 'the new run to know the payment' },
  );
  expect(status).toMatchObject({ state: 'unknown', waitingFor });
  await world.chaos({ down: false });
  await world.handle(paymentId).signal(gatewayReported);
  await world.until(paymentId, 'captured');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'captured']);
  expect((await world.timeline(paymentId)).filter((type) => type === 'captured')).toHaveLength(1);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('a promised cancel survives continue-as-new, and its repeat returns the same', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const commandId = 'cancel-across-runs';
  const promised = await world.command(paymentId, 'cancelPayment', { commandId });
  expect((await world.read(paymentId)).undoing).toMatchObject({ towards: 'cancelled' });
  await untilContinuedAsNew(world.handle(paymentId));
  await waitFor(async () => (await world.read(paymentId)).runs === 2, { what: 'the new run to own the payment' });
  expect((await world.read(paymentId)).undoing).toMatchObject({ towards: 'cancelled', reason: 'cancelled' });
  expect(await world.command(paymentId, 'cancelPayment', { commandId })).toEqual(promised);
  await world.chaos({ down: false });
  await world.handle(paymentId).signal(gatewayReported);
  await world.until(paymentId, 'cancelled');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('a refund without an answer continues as new and is made once', async () => {
  const paymentId = await world.pay();
  await world.until(paymentId, 'captured');
  await world.chaos({ down: true });
  const refundId = await world.refund(paymentId);
  await waitFor(async () => (await world.readRefund(refundId)).chain !== null, {
    what: 'the process to own the refund',
  });
  await untilContinuedAsNew(world.refundHandle(refundId));
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
