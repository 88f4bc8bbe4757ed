import { processPaymentId } from '../../../contracts/payments/payment';
import type { StuckItem } from '../../../models/operator/stuck-item';
import { createRunningWorkflows } from '../../../temporal/running-workflows';
import { openPaymentWorld, type PaymentWorld } from '../../../testing/worlds/payment-world';
import { createStuckOperations } from '../stuck-operations';
import { openStuckItem } from '../stuck-items';

let world: PaymentWorld;
let operations: ReturnType<typeof createStuckOperations>;
beforeAll(async () => {
  world = await openPaymentWorld();
  operations = createStuckOperations({ database: world.database, workflows: createRunningWorkflows(world.client) });
});
afterAll(() => world.close());

const by = { kind: 'operator', id: null } as const;
const close = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.close({ item, by, reason: 'Agreed', session }));
const restart = (item: StuckItem) =>
  world.database.inTransaction((session) => operations.restart({ item, by, session }));

/** Returns the item of an authorised payment whose process is gone. */
async function stuckPayment(): Promise<StuckItem> {
  const paymentId = await world.pay({ capture: 'manual' });
  await world.until(paymentId, 'authorised');
  await world.handle(paymentId).terminate('from outside');
  const about = { tenantId: world.tenantId, entityType: 'payment', entityId: paymentId } as const;
  const subject = processPaymentId(paymentId);
  await openStuckItem({ database: world.database, kind: 'workflow_missing', subject, detail: 'by a test', ...about });
  return openItem(paymentId, 'workflow_missing').orFail();
}

const openItem = (entityId: string, kind: StuckItem['kind']) =>
  world.database.models.stuckItems.findOne({ entityId, kind, open: true }).lean();

const setCaptured = (_id: string, capturedMinor: number) =>
  world.database.models.payments.updateOne({ _id }, { $set: { capturedMinor } });

it('a close lists amounts changed by hand: in its answer, on the timeline and as an item of their own', async () => {
  const item = await stuckPayment();
  const { entityId: paymentId } = item;
  await setCaptured(paymentId, 300);
  const { currency } = (await world.read(paymentId)).amount;
  const differences = [
    {
      id: paymentId,
      account: 'captured',
      recorded: { amountMinor: 300, currency },
      posted: { amountMinor: 0, currency },
    },
  ];
  expect(await close(item)).toMatchObject({ state: 'closed', differences });
  const event = await world.database.models.events
    .findOne({ entityId: paymentId, type: 'payment.books_differ' })
    .lean();
  expect(event).toMatchObject({ by, data: { differences } });
  expect(await openItem(paymentId, 'books_differ')).toMatchObject({ differences });
  expect(await world.read(paymentId)).toMatchObject({ capturedMinor: 300, state: 'authorised' });
});

it('the item of a difference stays until the amounts agree, and no remedy changes an amount', async () => {
  const item = await stuckPayment();
  const { entityId: paymentId } = item;
  await setCaptured(paymentId, 300);
  await close(item);
  const listed = await openItem(paymentId, 'books_differ').orFail();
  await setCaptured(paymentId, 200);
  expect(await restart(listed)).toMatchObject({ state: 'open', differences: [{ recorded: { amountMinor: 200 } }] });
  expect((await world.read(paymentId)).capturedMinor).toBe(200);
  await setCaptured(paymentId, 0);
  expect(await restart(listed)).toMatchObject({ state: 'restarted', differences: [] });
});

it('a close of a payment that agrees with the ledger lists nothing', async () => {
  const item = await stuckPayment();
  expect(await close(item)).toMatchObject({ state: 'closed', differences: [] });
  expect(await openItem(item.entityId, 'books_differ')).toBeNull();
});

it('a close confirms no state that was set by hand: the timeline of such a payment is left alone', async () => {
  const { entityId: paymentId, ...item } = await stuckPayment();
  await world.database.models.payments.updateOne(
    { _id: paymentId },
    { $set: { state: 'captured', capturedMinor: 5000 } },
  );
  const unknown = { ...item, entityId: paymentId, kind: 'outcome_unknown' as const };
  const { differences } = await close(unknown);
  expect(differences.map(({ account }) => account)).toContain('captured');
  expect(await openItem(paymentId, 'books_differ')).toMatchObject({ differences });
  expect(await world.timeline(paymentId)).not.toContain('books_differ');
});
