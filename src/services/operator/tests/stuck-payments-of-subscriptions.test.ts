import { waitFor } from '../../../testing/wait-for';
import { quietTemporal } from '../../../testing/servers/quiet-temporal';
import { openStuckSubscriptions, type StuckSubscriptions } from '../../../testing/worlds/stuck-subscriptions';

let stuck: StuckSubscriptions;
let world: StuckSubscriptions['world'];
beforeAll(async () => {
  quietTemporal();
  stuck = await openStuckSubscriptions();
  ({ world } = stuck);
});
afterAll(() => world?.close());
afterEach(() => world.chaos({ down: false }));

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
  await stuck.close(await stuck.list(id));
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
  expect(
    (await models.refunds.find({ paymentId: invoice!.attempts[0]!.paymentId }).lean()).map(
      ({ amount }) => amount.amountMinor,
    ),
  ).toEqual([600]);
  expect((await world.events(id)).at(-1)).toMatchObject({
    type: 'subscription.closed',
    by: { kind: 'operator', id: null },
    data: { refundMinor: 600 },
  });
});

it('a subscription closed with an unknown payment is cancelled, and a new run keeps nothing', async () => {
  const id = await stuck.orphanedWhilePaying();
  await stuck.close(await stuck.list(id));
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', charge: { status: 'pending' } });
  await world.chaos({ down: false });
  await world.relay();
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the payment to be withdrawn' });
  await waitFor(async () => !(await stuck.hasProcess(id)), { what: 'the new run to end' });
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
  const id = await stuck.orphanedWhilePaying();
  await stuck.restart(await stuck.list(id));
  await world.chaos({ down: false });
  await world.relay();
  await world.until(id, 'active');
  expect(await world.bankBalance(id)).toEqual({ captured: 1000, refunded: 0, authorisations: 1 });
});

it('a cancelled subscription is restarted while a payment of it is under way, and ends then', async () => {
  const id = await stuck.orphanedWhilePaying({ cancelled: true });
  await stuck.restart(await stuck.list(id));
  await world.chaos({ down: false });
  await world.relay();
  await waitFor(async () => (await world.read(id)).charge === null, { what: 'the payment to be withdrawn' });
  const { captured, refunded } = await world.bankBalance(id);
  expect(captured - refunded).toBe(0);
  await waitFor(async () => !(await stuck.hasProcess(id)), { what: 'the new run to end' });
});
