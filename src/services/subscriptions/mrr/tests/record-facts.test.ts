import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
import { tester } from '../../../../testing/worlds/base-world';
import { acceptPlan } from '../../accept-plan';
import { acceptSubscription } from '../../accept-subscription';
import { changeSubscription, type SubscriptionChange } from '../../change-subscription';
import { compareMovements } from '../compare-movements';

const AT = '2026-11-21T09:00:00.000Z';

let opened: TestDatabase;
let tenantId: string;
beforeAll(async () => {
  opened = await openTestDatabase();
  ({ tenantId } = await seedPartner({ database: opened.database }));
});
afterAll(() => opened?.drop());

/** Returns subscriptions of one customer to 10.00 EUR a month, not paid yet. */
async function subscribe(customerId: string, count: number): Promise<string[]> {
  const { database } = opened;
  const about = { database, tenantId, correlationId: 'test', at: AT };
  const amount = { amountMinor: 1000, currency: 'EUR' };
  const terms = { name: 'Pro', amount, interval: 'month', intervalCount: 1 } as const;
  return database.inTransaction(async (session) => {
    const { _id: planId } = await acceptPlan({ ...about, session, terms });
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const { subscription } = await acceptSubscription({
        ...about,
        session,
        customerId,
        planId,
        paymentMethod: 'pm_ok',
        by: tester,
      });
      ids.push(subscription._id);
    }
    return ids;
  });
}

const paid: SubscriptionChange = {
  to: 'active',
  set: { paidUntil: new Date('2026-12-21T09:00:00.000Z') },
  event: { type: 'subscription.activated' },
};
const cancelled: SubscriptionChange = {
  to: 'cancelled',
  set: { reason: 'requested' },
  event: { type: 'subscription.cancelled', data: { reason: 'requested' } },
};
const move = (subscriptionId: string, step: string, change: SubscriptionChange) =>
  changeSubscription({ database: opened.database, tenantId, subscriptionId, step, at: AT }, () => change);
const movementsOf = (customer: string) =>
  opened.database.models.mrrMovements.find({ tenantId, customer }).sort({ customerMovement: 1 }).lean();
const balanceOf = (customer: string) =>
  opened.database.models.customerMrr.findById(`${tenantId}/EUR/${customer}`).lean();

it('subscriptions of one customer that move at the same time follow one another', async () => {
  const ids = await subscribe('racing', 6);
  await Promise.all(ids.map((id) => move(id, 'paid', paid)));
  expect((await movementsOf('racing')).map(({ kind, customerMinor }) => [kind, customerMinor])).toEqual([
    ['new', 1000],
    ...[2000, 3000, 4000, 5000, 6000].map((minor) => ['expansion', minor]),
  ]);
  await Promise.all(ids.map((id) => move(id, 'end', cancelled)));
  expect((await movementsOf('racing')).slice(6).map(({ kind, customerMinor }) => [kind, customerMinor])).toEqual([
    ...[5000, 4000, 3000, 2000, 1000].map((minor) => ['contraction', minor]),
    ['churn', 0],
  ]);
  expect(await balanceOf('racing')).toMatchObject({ valueMinor: 0, movements: 12 });
  expect((await compareMovements({ database: opened.database, tenantId })).differences).toEqual([]);
});

it('a step that is repeated, also at the same time, has one movement', async () => {
  const [id = ''] = await subscribe('repeated', 1);
  await Promise.all([1, 2, 3].map(() => move(id, 'paid', paid)));
  await move(id, 'paid', paid);
  const [movement, ...others] = await movementsOf('repeated');
  expect(others).toEqual([]);
  expect(movement).toMatchObject({ _id: `${id}/000002`, kind: 'new', deltaMinor: 1000, at: new Date(AT) });
  expect(await opened.database.models.subscriptions.findById(id).lean()).toMatchObject({ mrrMinor: 1000 });
});

it('a step whose movement is refused changes nothing, neither its subscription nor the balance', async () => {
  const { mrrMovements, subscriptions } = opened.database.models;
  const [id = ''] = await subscribe('refused', 1);
  const [other] = await movementsOf('repeated');
  await mrrMovements.insertMany([{ ...other!, _id: `${id}/000002`, customer: 'someone', customerMovement: 1 }]);
  await expect(move(id, 'paid', paid)).rejects.toThrow('was opened meanwhile');
  expect(await subscriptions.findById(id).lean()).toMatchObject({ state: 'accepted', version: 1, mrrMinor: 0 });
  expect(await balanceOf('refused')).toBeNull();
  await mrrMovements.deleteOne({ _id: `${id}/000002` });
  await move(id, 'paid', paid);
  expect(await balanceOf('refused')).toMatchObject({ valueMinor: 1000, movements: 1 });
});
