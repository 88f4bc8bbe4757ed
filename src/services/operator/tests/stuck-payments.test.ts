import { processPaymentId, refundPaymentId } from '../../../contracts/payments/payment';
import { openStuckItem } from '../stuck-items';
import type { StuckItem, StuckKind } from '../../../models/operator/stuck-item';
import { createReconciler } from '../../../queue/reconciler/reconcile';
import { silent } from '../../../testing/queue-test-bed';
import { differences } from '../../../testing/expect-books';
import { openPaymentWorld, testParent, type PaymentWorld } from '../../../testing/worlds/payment-world';
import { untilListed } from '../../../testing/platform/until-listed';
import { waitFor } from '../../../testing/wait-for';
import { createRunningWorkflows, type RunningWorkflows } from '../../../temporal/running-workflows';
import { createStuckOperations } from '../stuck-operations';

let world: PaymentWorld;
let workflows: RunningWorkflows;
let operations: ReturnType<typeof createStuckOperations>;
beforeAll(async () => {
  world = await openPaymentWorld();
  workflows = createRunningWorkflows(world.client);
  operations = createStuckOperations({ database: world.database, workflows });
});
afterAll(() => world.close());

const by = { kind: 'operator', id: null } as const;
const restart = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.restart({ item, by, session }));
const close = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.close({ item, by, reason: 'Agreed', session }));

async function list(kind: StuckKind, entityType: 'payment' | 'refund', entityId: string): Promise<StuckItem> {
  const subject = entityType === 'payment' ? processPaymentId(entityId) : refundPaymentId(entityId);
  await openStuckItem({
    database: world.database,
    tenantId: world.tenantId,
    kind,
    entityType,
    entityId,
    subject,
    detail: 'found by a test',
  });
  return world.database.models.stuckItems.findOne({ subject, kind, open: true }).lean().orFail();
}
const stateOf = async ({ _id }: StuckItem) => (await world.database.models.stuckItems.findById(_id).lean())?.state;

/** Sends the rows written for Temporal, as the relay does. */
async function relay(entityId: string): Promise<void> {
  for (const row of await world.database.models.outbox.find({ entityId, open: true, pending: 'temporal' }).lean())
    await world.starter.start(row);
}

afterEach(() => world.chaos({ down: false }));

it('the reconciler finds payments and refunds without a process and no others', async () => {
  const [waiting, ended, gone] = await Promise.all([
    world.pay({ capture: 'manual' }),
    world.pay(),
    world.pay({ capture: 'manual' }),
  ]);
  await Promise.all([
    world.until(waiting, 'authorised'),
    world.until(ended, 'captured'),
    world.until(gone, 'authorised'),
  ]);
  const unstarted = (await world.acceptRefund(ended)).refund._id;
  await world.database.models.outbox.updateMany(
    { entityId: unstarted },
    { $set: { pending: [], doneAt: new Date() }, $unset: { open: 1 } },
  );
  await world.handle(gone).terminate('from outside');
  await world.handle(ended).result();
  await untilListed({
    workflows,
    workflowType: 'processPayment',
    running: [processPaymentId(waiting)],
    ended: [ended, gone].map((id) => processPaymentId(id)),
  });
  const longAgo = new Date(Date.now() - 60_000);
  for (const model of [world.database.models.payments, world.database.models.refunds])
    await model.collection.updateMany({}, { $set: { updatedAt: longAgo, touchedAt: longAgo } });
  const result = await createReconciler({
    database: world.database,
    processes: workflows,
    logger: silent,
    recheckAfterMs: 100,
  })();
  // The start of the refund is requested again; the payment is left to an operator.
  expect(result).toEqual({ listed: 1, mended: 1 });
  await relay(unstarted);
  await waitFor(async () => (await world.readRefund(unstarted)).state === 'succeeded', { what: 'the refund' });

  const item = await world.database.models.stuckItems.findOne({ entityId: gone }).lean().orFail();
  expect(item).toMatchObject({ kind: 'workflow_missing', entityType: 'payment' });
  expect((await restart(item)).state).toBe('restarted');
  await relay(gone);
  await waitFor(async () => (await world.read(gone)).chain !== null, { what: 'the new run' });
  await world.command(gone, 'capturePayment');
  await world.until(gone, 'captured');
  expect((await differences(world, gone)).problems).toEqual([]);
});

it('closing a payment without a process voids its hold before it ends', async () => {
  const paymentId = await world.pay({ capture: 'manual' });
  await world.until(paymentId, 'authorised');
  await world.handle(paymentId).terminate('from outside');
  expect((await close(await list('workflow_missing', 'payment', paymentId))).state).toBe('closed');
  await relay(paymentId);
  await world.until(paymentId, 'cancelled');
  expect((await world.read(paymentId)).reason).toBe('closed_by_operator');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

/** A payment ended manually in the database, while its process waits for a capture and the bank holds the money. */
async function endedByHand(): Promise<string> {
  const paymentId = await world.pay({ capture: 'manual' });
  // No event shows a manual change.
  await world.untilWaiting(paymentId);
  await world.database.models.payments.updateOne({ _id: paymentId }, { $set: { state: 'captured' } });
  return paymentId;
}

it('closing a payment that was ended manually voids its hold', async () => {
  const paymentId = await endedByHand();
  expect((await close(await list('workflow_orphaned', 'payment', paymentId))).state).toBe('closed');
  await relay(paymentId);
  await world.until(paymentId, 'cancelled');
  expect((await world.read(paymentId)).reason).toBe('closed_by_operator');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('restarting a payment that was ended manually continues from its last event', async () => {
  const paymentId = await endedByHand();
  const { chain } = await world.read(paymentId);
  expect((await restart(await list('workflow_orphaned', 'payment', paymentId))).state).toBe('restarted');
  await relay(paymentId);
  await waitFor(async () => ![null, chain].includes((await world.read(paymentId)).chain), { what: 'the new run' });
  await world.command(paymentId, 'capturePayment');
  await world.until(paymentId, 'captured');
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('a process whose payment has ended by its events, or is gone, can only be terminated', async () => {
  const [ended, gone] = await Promise.all([world.pay(), world.pay({ capture: 'manual' })]);
  await Promise.all([world.until(ended, 'captured'), world.untilWaiting(gone)]);
  await world.database.models.payments.deleteOne({ _id: gone });
  for (const paymentId of [ended, gone]) {
    const item = await list('workflow_orphaned', 'payment', paymentId);
    await expect(restart(item)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    expect((await close(item)).state).toBe('closed');
  }
  expect((await world.read(ended)).state).toBe('captured');
  expect((await world.handle(gone).describe()).status.name).toBe('TERMINATED');
});

it('an unknown outcome is looked up immediately, and its item leaves the list by itself', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const item = await list('outcome_unknown', 'payment', paymentId);
  await world.chaos({ down: false });
  expect((await restart(item)).state).toBe('open');
  await relay(paymentId);
  await world.until(paymentId, 'captured');
  expect(await stateOf(item)).toBe('mended');
  expect((await differences(world, paymentId)).problems).toEqual([]);
});

it('closing an unknown outcome gives the payment up and ends it when the gateway confirms', async () => {
  const paymentId = await world.payAndLoseTheAnswer();
  const item = await list('outcome_unknown', 'payment', paymentId);
  expect((await close(item)).state).toBe('closed');
  await relay(paymentId);
  await waitFor(async () => (await world.read(paymentId)).undoing !== null, { what: 'the undoing' });
  expect((await world.read(paymentId)).state).toBe('unknown');
  await world.chaos({ down: false });
  await world.until(paymentId, 'cancelled');
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
});

it("closing the unknown outcome of a subscription's payment gives it up without a process", async () => {
  const {
    payment: { _id: paymentId },
  } = await world.accept({ paymentMethod: 'pm_timeout_after_charge', purpose: 'renewal', parent: testParent });
  const queried = world.runRenewal(paymentId);
  await waitFor(async () => (await world.bankItems(paymentId)).length > 0, { what: 'the charge' });
  await world.chaos({ down: true });
  expect((await queried).state).toBe('unknown');
  const item = await list('outcome_unknown', 'payment', paymentId);
  await expect(restart(item)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  expect((await close(item)).state).toBe('closed');
  await relay(paymentId);
  expect((await world.read(paymentId)).undoing).toEqual({ towards: 'cancelled', reason: 'closed_by_operator' });
  await world.chaos({ down: false });
  expect(await world.runRenewal(paymentId)).toMatchObject({ state: 'cancelled' });
  expect((await world.bankItems(paymentId)).map(({ outcome }) => outcome)).toEqual(['authorised', 'voided']);
});

it('a refund that was accepted is owed: it is restarted, and cannot be given up', async () => {
  const paymentId = await world.pay();
  await world.until(paymentId, 'captured');
  await world.chaos({ down: true });
  const refundId = await world.refund(paymentId);
  await waitFor(async () => (await world.readRefund(refundId)).chain !== null, { what: 'its process' });
  await world.refundHandle(refundId).terminate('from outside');
  const item = await list('workflow_missing', 'refund', refundId);
  await expect(close(item)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  expect(await stateOf(item)).toBe('open');
  await world.chaos({ down: false });
  expect((await restart(item)).state).toBe('restarted');
  await relay(refundId);
  await waitFor(async () => (await world.readRefund(refundId)).state === 'succeeded', { what: 'the refund' });
  const unknown = await list('outcome_unknown', 'refund', refundId);
  expect((await close(unknown)).state).toBe('closed');
  expect((await differences(world, paymentId)).problems).toEqual([]);
});
