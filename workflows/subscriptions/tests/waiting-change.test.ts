import { summaryOf } from '../../../src/contracts/events';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld();
});
afterAll(() => world?.close());

it('a cancel at the period’s end is refused while a change of plan waits', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  const {
    item: { planId },
  } = await world.read(id);
  const cancel = () => world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' });
  await world.command(id, 'changePlan', { planId, quantity: 2, when: 'period_end' });
  await expect(cancel()).rejects.toMatchObject({
    code: 'CHANGE_WAITING',
    message: expect.stringContaining('undo it first'),
  });
  expect((await world.read(id)).waiting).toMatchObject({ what: 'change_plan' });
  await world.command(id, 'undoSubscriptionChange', {});
  await cancel();
  expect((await world.read(id)).waiting).toEqual({ what: 'cancel' });
  await expect(cancel()).rejects.toMatchObject({ code: 'CHANGE_WAITING' });
  await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
  expect(await world.handle(id).result()).toBe('cancelled');
});

it('the timeline shows the name that a plan had at the change', async () => {
  const id = await world.subscribe({ planId: await world.plan() });
  await world.untilSettled(id);
  const planId = await world.plan({ name: 'Better' });
  await world.command(id, 'changePlan', { planId, when: 'now' });
  await world.command(id, 'changePlan', { planId, quantity: 2, when: 'period_end' });
  const summaries = (await world.events(id)).map((event) => summaryOf({ ...event, currency: 'EUR' }));
  expect(summaries).toContain('The plan is now Better × 1.');
  expect(summaries.at(-1)).toMatch(/^The plan becomes Better × 2 at the end of the period, /);
});
