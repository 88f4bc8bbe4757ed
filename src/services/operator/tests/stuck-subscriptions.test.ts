import { subscriptionId as workflowIdOf } from '../../../contracts/subscriptions/subscription';
import { openStuckItem } from '../stuck-items';
import type { StuckItem, StuckKind } from '../../../models/operator/stuck-item';
import { createReconciler } from '../../../queue/reconciler/reconcile';
import { silent } from '../../../testing/queue-test-bed';
import { quietTemporal } from '../../../testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../testing/worlds/subscription-world';
import { untilListed } from '../../../testing/platform/until-listed';
import { waitFor } from '../../../testing/wait-for';
import { createRunningWorkflows, type RunningWorkflows } from '../../../temporal/running-workflows';
import { createStuckOperations } from '../stuck-operations';

const HOUR_MS = 3_600_000;

let world: SubscriptionWorld;
let workflows: RunningWorkflows;
let operations: ReturnType<typeof createStuckOperations>;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
  workflows = createRunningWorkflows(world.client);
  operations = createStuckOperations({ database: world.database, workflows });
});
afterAll(() => world?.close());
afterEach(() => world.chaos({ down: false }));

const by = { kind: 'operator', id: null } as const;
const restart = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.restart({ item, by, session }));
const close = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.close({ item, by, reason: 'Agreed by telephone', session }));

/** Puts the subscription on the operator's list, as the reconciler does. */
async function list(id: string, kind: StuckKind = 'workflow_missing'): Promise<StuckItem> {
  const subject = workflowIdOf(id);
  await openStuckItem({
    database: world.database,
    tenantId: world.tenantId,
    kind,
    entityType: 'subscription',
    entityId: id,
    subject,
    detail: 'found by a test',
  });
  return world.database.models.stuckItems.findOne({ subject, open: true }).lean().orFail();
}

/** A subscription paid for its first month, whose process is gone. */
async function orphaned(): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan(), userId: await world.user() });
  await world.untilSettled(id);
  await world.handle(id).terminate('from outside');
  return id;
}

/**
 * A subscription whose first charge was made and got no response, while the gateway is unavailable: the outcome is
 * unknown. Its process is gone too.
 */
async function orphanedWhilePaying({ cancelled = false } = {}): Promise<string> {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_timeout_after_charge' });
  await waitFor(async () => (await world.bankBalance(id)).authorisations === 1, { what: 'the charge' });
  await world.chaos({ down: true });
  await waitFor(async () => (await world.payments(id))[0]?.state === 'unknown', { what: 'the silence' });
  if (cancelled) await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
  await world.handle(id).terminate('from outside');
  expect((await world.read(id)).charge?.status).toBe('pending');
  return id;
}
const hasProcess = async (id: string) => (await world.handle(id).describe()).status.name === 'RUNNING';

it('a subscription without a process is found; restarted, it charges the next period once', async () => {
  const [gone, well] = await Promise.all([orphaned(), world.subscribe({ planId: await world.plan() })]);
  await world.untilSettled(well);
  const { nextPeriodAt } = await world.read(gone);
  await untilListed({
    workflows,
    workflowType: 'subscription',
    running: [workflowIdOf(well)],
    ended: [workflowIdOf(gone)],
  });
  await world.database.models.subscriptions.collection.updateMany(
    {},
    { $set: { updatedAt: new Date(Date.now() - 60_000) } },
  );
  expect(
    await createReconciler({ database: world.database, processes: workflows, logger: silent, recheckAfterMs: 100 })(),
  ).toEqual({ listed: 1, mended: 0 });

  const item = await world.database.models.stuckItems.findOne({ entityId: gone, open: true }).lean().orFail();
  expect(item).toMatchObject({ kind: 'workflow_missing', entityType: 'subscription' });
  expect((await restart(item)).state).toBe('restarted');
  await expect(restart(item)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  await world.relay();
  await waitFor(async () => (await world.read(gone)).chain !== null, { what: 'the new run' });
  await world.advanceTo(gone, new Date(nextPeriodAt.getTime() + HOUR_MS));
  await waitFor(async () => (await world.invoices(gone))[1]?.state === 'paid', { what: 'the renewal' });
  expect((await world.invoices(gone)).map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['paid', 1],
    ['paid', 1],
  ]);
  expect(await world.bankBalance(gone)).toEqual({ captured: 2000, refunded: 0, authorisations: 2 });
  expect(await world.timeline(gone)).toEqual(['accepted', 'invoiced', 'activated', 'restarted', 'invoiced', 'renewed']);
});

it('closed, a subscription is cancelled immediately and stays paid, and the user is notified', async () => {
  const id = await orphaned();
  expect((await close(await list(id))).state).toBe('closed');
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'closed_by_operator', charge: null });
  expect((await world.events(id)).at(-1)).toMatchObject({
    type: 'subscription.closed',
    by,
    data: { reason: 'Agreed by telephone' },
  });
  expect(await world.mails(id)).toEqual(['subscriptionCancelled']);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid']);
  await world.relay();
  expect(await hasProcess(id)).toBe(false);
});

it('closed while its process still runs, it is charged no more', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  await close(await list(id));
  await waitFor(async () => !(await hasProcess(id)), { what: 'its process to end' });
  expect(await world.bankBalance(id)).toMatchObject({ captured: 1000, refunded: 0 });
});

it('a subscription ended manually continues when restarted and ends in order when closed', async () => {
  const endByHand = async () => {
    const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
    await world.until(id, 'past_due');
    await world.database.models.subscriptions.updateOne({ _id: id }, { $set: { state: 'cancelled' } });
    return id;
  };
  const [again, over] = [await endByHand(), await endByHand()];
  expect((await restart(await list(again, 'workflow_orphaned'))).state).toBe('restarted');
  expect((await close(await list(over, 'workflow_orphaned'))).state).toBe('closed');
  await world.relay();
  await waitFor(async () => (await world.read(again)).chain !== null, { what: 'the new run' });
  expect([(await world.read(again)).state, await hasProcess(again)]).toEqual(['past_due', true]);
  expect([(await world.read(over)).state, await hasProcess(over)]).toEqual(['cancelled', false]);
  expect((await world.invoices(over)).map(({ state }) => state)).toEqual(['void']);
});

it('closed with an invoice that failed, a subscription voids the invoice', async () => {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
  await world.until(id, 'past_due');
  await world.handle(id).terminate('from outside');
  await close(await list(id));
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: null });
});

it('closed with an invoice partly paid by credit, a subscription owes the credit', async () => {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
  await world.until(id, 'past_due');
  await world.handle(id).terminate('from outside');
  const [invoice] = await world.invoices(id);
  await world.database.models.invoices.updateOne(
    { _id: invoice!._id },
    { $set: { creditApplied: { amountMinor: 300, currency: 'EUR' } } },
  );
  await close(await list(id));
  expect(await world.read(id)).toMatchObject({ creditBalance: { amountMinor: 0 }, owed: { amountMinor: 300 } });
  const owed = await world.database.models.stuckItems.findOne({ entityId: id, kind: 'refund_owed' }).lean().orFail();
  expect(owed.detail).toContain('3.00 EUR is owed');
  // No payment can refund this amount: the operator returns it by other means.
  await expect(restart(owed)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  expect((await close(owed)).state).toBe('closed');
  expect((await world.read(id)).owed.amountMinor).toBe(0);
});

it('closed with an invoice that was paid in part, a subscription refunds that part', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  await world.handle(id).terminate('from outside');
  // As if the payment had been captured in part at the gateway, and the invoice so been left open.
  const [invoice] = await world.invoices(id);
  const { models } = world.database;
  await models.invoices.updateOne(
    { _id: invoice!._id },
    { $set: { state: 'open', paidAt: null, 'attempts.0.paidMinor': 600 } },
  );
  await models.payments.updateOne({ _id: invoice!.attempts[0]!.paymentId }, { $set: { capturedMinor: 600 } });
  const charge = {
    invoiceId: invoice!._id,
    periodStart: invoice!.period.startAt,
    attempt: 1,
    status: 'failed',
    rung: 1,
    failedAt: new Date(),
    nextAt: new Date(),
  } as const;
  await models.subscriptions.updateOne({ _id: id }, { $set: { state: 'past_due', charge } });
  await close(await list(id));
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
  expect(
    (await models.refunds.find({ paymentId: invoice!.attempts[0]!.paymentId }).lean()).map(
      ({ amount }) => amount.amountMinor,
    ),
  ).toEqual([600]);
  expect((await world.events(id)).at(-1)).toMatchObject({
    type: 'subscription.closed',
    by,
    data: { refundMinor: 600 },
  });
});

it('a subscription closed with an unknown payment is cancelled, and a new run keeps nothing', async () => {
  const id = await orphanedWhilePaying();
  await close(await list(id));
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: { status: 'pending' } });
  await world.chaos({ down: false });
  await world.relay();
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the payment to be withdrawn' });
  await waitFor(async () => !(await hasProcess(id)), { what: 'the new run to end' });
  // The payment's process outlived its parent: where it was faster the money was captured, and is refunded.
  await waitFor(
    async () => {
      await world.relay();
      const { captured, refunded } = await world.bankBalance(id);
      return captured === refunded && ['cancelled', 'refunded'].includes((await world.payments(id))[0]!.state);
    },
    { what: 'nothing to be kept' },
  );
  expect((await world.bankBalance(id)).authorisations).toBe(1);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
});

it('restarted with an unknown payment, a subscription looks it up and does not charge again', async () => {
  const id = await orphanedWhilePaying();
  await restart(await list(id));
  await world.chaos({ down: false });
  await world.relay();
  await world.until(id, 'active');
  expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
});

it('a cancelled subscription is restarted while a payment of it is under way, and ends then', async () => {
  const id = await orphanedWhilePaying({ cancelled: true });
  await restart(await list(id));
  await world.chaos({ down: false });
  await world.relay();
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the payment to be withdrawn' });
  const { captured, refunded } = await world.bankBalance(id);
  expect(captured - refunded).toBe(0);
  await waitFor(async () => !(await hasProcess(id)), { what: 'the new run to end' });
});
