import { createReconciler } from '../../../queue/reconciler/reconcile';
import { silent } from '../../../testing/queue-test-bed';
import { untilListed } from '../../../testing/platform/until-listed';
import { waitFor } from '../../../testing/wait-for';
import { subscriptionId as workflowIdOf } from '../../../contracts/subscriptions/subscription';
import { quietTemporal } from '../../../testing/servers/quiet-temporal';
import { openStuckSubscriptions, type StuckSubscriptions } from '../../../testing/worlds/stuck-subscriptions';

const HOUR_MS = 3_600_000;

let stuck: StuckSubscriptions;
let world: StuckSubscriptions['world'];
beforeAll(async () => {
  quietTemporal();
  stuck = await openStuckSubscriptions();
  ({ world } = stuck);
});
afterAll(() => world?.close());
afterEach(() => world.chaos({ down: false }));

it('a subscription without a process is found; restarted, it charges the next period once', async () => {
  const [gone, well] = await Promise.all([stuck.orphaned(), world.subscribe({ planId: await world.plan() })]);
  await world.untilSettled(well);
  const { nextPeriodAt } = await world.read(gone);
  await untilListed({
    workflows: stuck.workflows,
    workflowType: 'subscription',
    running: [workflowIdOf(well)],
    ended: [workflowIdOf(gone)],
  });
  const longAgo = new Date(Date.now() - 60_000);
  await world.database.models.subscriptions.collection.updateMany(
    {},
    { $set: { updatedAt: longAgo, touchedAt: longAgo } },
  );
  expect(
    await createReconciler({
      database: world.database,
      processes: stuck.workflows,
      logger: silent,
      recheckAfterMs: 100,
    })(),
  ).toEqual({ listed: 1, mended: 0 });

  const item = await world.database.models.stuckItems.findOne({ entityId: gone, open: true }).lean().orFail();
  expect(item).toMatchObject({ kind: 'workflow_missing', entityType: 'subscription' });
  expect((await stuck.restart(item)).state).toBe('restarted');
  await expect(stuck.restart(item)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
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
  const id = await stuck.orphaned();
  expect((await stuck.close(await stuck.list(id))).state).toBe('closed');
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'closed_by_operator', charge: null });
  expect((await world.events(id)).at(-1)).toMatchObject({
    type: 'subscription.closed',
    by: { kind: 'operator', id: null },
    data: { reason: 'Agreed by telephone' },
  });
  expect(await world.mails(id)).toEqual(['subscriptionCancelled']);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid']);
  await world.relay();
  expect(await stuck.hasProcess(id)).toBe(false);
});

it('closed while its process still runs, it is charged no more', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  await stuck.close(await stuck.list(id));
  await waitFor(async () => !(await stuck.hasProcess(id)), { what: 'its process to end' });
  expect(await world.bankBalance(id)).toMatchObject({ captured: 1000, refunded: 0 });
});

it('a subscription ended manually continues when restarted and ends in order when closed', async () => {
  const endByHand = async () => {
    const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
    await world.until(id, 'incomplete');
    await world.database.models.subscriptions.updateOne({ _id: id }, { $set: { state: 'cancelled' } });
    return id;
  };
  const [again, over] = [await endByHand(), await endByHand()];
  expect((await stuck.restart(await stuck.list(again, 'workflow_orphaned'))).state).toBe('restarted');
  expect((await stuck.close(await stuck.list(over, 'workflow_orphaned'))).state).toBe('closed');
  await world.relay();
  await waitFor(async () => (await world.read(again)).chain !== null, { what: 'the new run' });
  expect([(await world.read(again)).state, await stuck.hasProcess(again)]).toEqual(['incomplete', true]);
  expect([(await world.read(over)).state, await stuck.hasProcess(over)]).toEqual(['cancelled', false]);
  expect((await world.invoices(over)).map(({ state }) => state)).toEqual(['void']);
});

it('closed with an invoice that failed, a subscription voids the invoice', async () => {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
  await world.until(id, 'incomplete');
  await world.handle(id).terminate('from outside');
  await stuck.close(await stuck.list(id));
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: null });
});

it('closed with an invoice partly paid by credit, a subscription owes the credit', async () => {
  const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_declined' });
  await world.until(id, 'incomplete');
  await world.handle(id).terminate('from outside');
  const [invoice] = await world.invoices(id);
  await world.database.models.invoices.updateOne(
    { _id: invoice!._id },
    { $set: { creditApplied: { amountMinor: 300, currency: 'EUR' } } },
  );
  await stuck.close(await stuck.list(id));
  expect(await world.read(id)).toMatchObject({ creditBalance: { amountMinor: 0 }, owed: { amountMinor: 300 } });
  const owed = await world.database.models.stuckItems.findOne({ entityId: id, kind: 'refund_owed' }).lean().orFail();
  expect(owed.detail).toContain('3.00 EUR is owed');
  // No payment can refund this amount: the operator returns it by other means.
  await expect(stuck.restart(owed)).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  expect((await stuck.close(owed)).state).toBe('closed');
  expect((await world.read(id)).owed.amountMinor).toBe(0);
});
