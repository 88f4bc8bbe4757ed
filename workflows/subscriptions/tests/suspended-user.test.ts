import { tenantOf } from '../../../src/domain/tenant';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import type { UserStatus } from '../../../src/domain/users/user';

const HOUR = 3_600_000;

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

const setUser = (userId: string, state: UserStatus) =>
  world.database.models.users.updateOne({ _id: userId }, { $set: { state } });
/** Returns a subscription whose user changed the state before the first renewal, an hour after that renewal was due. */
async function renewedAs(
  state: UserStatus,
  { before = async () => undefined }: { before?: (id: string) => Promise<unknown> } = {},
): Promise<{ id: string; userId: string }> {
  const userId = await world.user();
  const id = await world.subscribe({ planId: await world.plan(), userId });
  await world.until(id, 'active');
  await world.untilSettled(id);
  await before(id);
  await setUser(userId, state);
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + HOUR));
  return { id, userId };
}

it('the renewal of a suspended user pauses the subscription, which resumes once the user is active', async () => {
  const { id, userId } = await renewedAs('suspended');
  await world.until(id, 'paused');
  expect(await world.timeline(id)).toEqual(['accepted', 'invoiced', 'activated', 'paused']);
  await expect(world.command(id, 'resumeSubscription', {})).rejects.toMatchObject({ code: 'USER_NOT_ACTIVE' });
  await setUser(userId, 'active');
  await world.command(id, 'resumeSubscription', {});
  await world.until(id, 'active');
  expect(await world.bankBalance(id)).toEqual({ captured: 2000, refunded: 0, authorisations: 2 });
});

it('a change that waited for a withheld renewal takes effect when the subscription is resumed', async () => {
  const planId = await world.plan({ amount: { amountMinor: 3000, currency: 'EUR' } });
  const { id, userId } = await renewedAs('suspended', {
    before: (ordered) => world.command(ordered, 'changePlan', { planId, when: 'period_end' }),
  });
  await world.until(id, 'paused');
  await setUser(userId, 'active');
  await world.command(id, 'resumeSubscription', {});
  await world.until(id, 'active');
  expect(await world.read(id)).toMatchObject({ item: { planId }, waiting: null });
  expect(await world.bankBalance(id)).toMatchObject({ captured: 4000 });
});

it('the renewal of a cancelled user ends the subscription without a charge', async () => {
  const { id } = await renewedAs('cancelled');
  expect(await world.handle(id).result()).toBe('cancelled');
  expect(await world.read(id)).toMatchObject({ state: 'cancelled', reason: 'user_cancelled' });
  expect(await world.bankBalance(id)).toMatchObject({ captured: 1000, refunded: 0 });
});

it('a partner that bills suspended users renews their subscriptions', async () => {
  await world.database.models.partners.updateOne(
    { _id: tenantOf(world.tenantId).partnerId },
    { $set: { suspendedUsers: 'bill' } },
  );
  const { id } = await renewedAs('suspended');
  await world.untilSettled(id);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['paid', 'paid']);
  expect((await world.read(id)).state).toBe('active');
});
