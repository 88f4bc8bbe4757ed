import { subscriptionId as workflowIdOf } from '../../../contracts/subscriptions/subscription';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { seedPartner } from '../../../testing/worlds/seed-partner';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { openWorkflowIds } from '../tenant-workflows';

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.drop());

it('counts a cancelled subscription as open until the result of its last payment is known', async () => {
  const { database } = opened;
  const { tenantId } = await seedPartner({ database });
  const charge = {
    invoiceId: null,
    periodStart: '2026-11-21T09:00:00Z',
    attempt: 1,
    rung: 1,
    status: 'pending',
    failedAt: null,
    nextAt: null,
  } as unknown as Subscription['charge'];
  const seed = async (as: Partial<Subscription>) =>
    (await seedSubscription({ api: { database }, tenantId, as })).subscriptionId;
  const ids = {
    active: await seed({}),
    ended: await seed({ state: 'cancelled' }),
    withdrawing: await seed({ state: 'cancelled', charge }),
  };
  expect((await openWorkflowIds({ database, tenantId })).sort()).toEqual(
    [ids.active, ids.withdrawing].map(workflowIdOf).sort(),
  );
});
