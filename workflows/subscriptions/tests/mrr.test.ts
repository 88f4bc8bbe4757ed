import { verifyReports } from '../../../src/processes/maintenance/verify-reports';
import { createFaultySteps } from '../../../src/testing/faults/faulty-steps';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;

let world: SubscriptionWorld;
const faulty = createFaultySteps();
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrap: faulty.wrap });
  faulty.attach(world);
});
afterAll(() => world?.close());

const plan = (amountMinor: number, trialDays = 0) =>
  world.plan({ amount: { amountMinor, currency: 'EUR' }, trialDays });
const movementsOf = async (customer: string) =>
  (await world.database.models.mrrMovements.find({ customer }).sort({ customerMovement: 1 }).lean()).map(
    ({ kind, deltaMinor, reason }) => [kind, deltaMinor, ...(reason ? [reason] : [])],
  );
const milestonesOf = async (subscriptionId: string) =>
  (await world.database.models.subscriptionMilestones.find({ subscriptionId }).sort({ _id: 1 }).lean()).map(
    ({ kind }) => kind,
  );

async function verify(): Promise<{ agree: boolean; lines: string[] }> {
  const lines: string[] = [];
  const env = { MONGODB_URI: world.mongodbUri, OPERATOR_KEY: 'x'.repeat(32), TOKEN_SECRET: 'y'.repeat(32) };
  const agree = await verifyReports({ env, print: (line) => lines.push(line) });
  return { agree, lines };
}

/** Advances over the next renewal, and by some days more. */
async function renew(id: string, days = 0.5): Promise<void> {
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + days * DAY));
  await world.untilSettled(id);
}

it('a subscription’s life has a movement for each change of its value, and none for a renewal', async () => {
  const customerId = 'ada';
  const id = await world.subscribe({ planId: await plan(1000, 14), customerId });
  await world.until(id, 'trialing');
  expect(await movementsOf(customerId)).toEqual([]);
  await renew(id);
  await world.command(id, 'changePlan', { planId: await plan(3000), when: 'now' });
  await world.untilSettled(id);
  await world.command(id, 'changePlan', { planId: await plan(500), when: 'period_end' });
  await renew(id);
  await world.command(id, 'pauseSubscription', {});
  await world.command(id, 'resumeSubscription', {});
  await renew(id);
  await world.payWith(id, 'pm_declined');
  await renew(id, 8);
  await world.until(id, 'unpaid');
  await world.payWith(id, 'pm_ok');
  await world.until(id, 'active');
  await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
  await world.handle(id).result();
  const again = await world.subscribe({ planId: await plan(700), customerId });
  await world.until(again, 'active');
  expect(await movementsOf(customerId)).toEqual([
    ['new', 1000],
    ['expansion', 2000],
    ['contraction', -2500],
    ['paused', -500],
    ['resumed', 500],
    ['churn', -500, 'payment'],
    ['reactivation', 500],
    ['churn', -500, 'requested'],
    ['reactivation', 700],
  ]);
  expect(await milestonesOf(id)).toEqual(['trial_converted', 'dunning_begun', 'dunning_given_up', 'dunning_recovered']);
  expect(await verify()).toMatchObject({ agree: true });
});

it.each(['fails once after its effect', 'times out after its effect', 'is killed after any of its effects'] as const)(
  'a first payment whose step %s has one movement',
  async (mode) => {
    const customerId = mode;
    const id = await world.subscribe({ planId: await plan(1000, 7), customerId });
    await world.until(id, 'trialing');
    faulty.set(id, { step: 'updateSubscription', mode, effect: 1 });
    await renew(id);
    expect(faulty.outstanding(id)).toEqual([]);
    expect(await movementsOf(customerId)).toEqual([['new', 1000]]);
  },
);

it('verification names what was changed, lost or added beside the steps', async () => {
  const { mrrMovements, customerMrr } = world.database.models;
  const id = await world.subscribe({ planId: await plan(1000), customerId: 'forged' });
  await world.until(id, 'active');
  const [movement] = await mrrMovements.find({ customer: 'forged' }).lean();
  const { _id, tenantId } = movement!;
  const differing = async (): Promise<string> => {
    const { agree, lines } = await verify();
    expect(agree).toBe(false);
    return lines.filter((line) => line.startsWith('differs')).join('\n');
  };
  await mrrMovements.updateOne({ _id }, { $set: { afterMinor: 1001 } });
  expect(await differing()).toContain(`${_id} says 0 `);
  await mrrMovements.updateOne({ _id }, { $set: { afterMinor: 1000, kind: 'expansion' } });
  expect(await differing()).toContain(`${_id} is expansion, the events say new`);
  await mrrMovements.deleteOne({ _id });
  expect(await differing()).toMatch(new RegExp(`${_id} is missing.*[^]*forged is 1000 after 1 movements`));
  await mrrMovements.insertMany([{ ...movement!, _id: `${id}/000999` }, movement!].slice(0, 1));
  expect(await differing()).toContain(`${id}/000999 says 0 `);
  await mrrMovements.deleteOne({ _id: `${id}/000999` });
  await mrrMovements.insertMany([movement!]);
  await customerMrr.updateOne({ _id: `${tenantId}/EUR/forged` }, { $inc: { valueMinor: 5 } });
  expect(await differing()).toContain(`${tenantId}/EUR/forged is 1005 after 1 movements, the sum of 1 is 1000`);
  await customerMrr.updateOne({ _id: `${tenantId}/EUR/forged` }, { $inc: { valueMinor: -5 } });
  expect((await verify()).lines).toContain('The facts of the reports agree with their source.');
});
