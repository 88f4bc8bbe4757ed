import { createSilentGateway } from '../../../src/testing/faults/silent-gateway';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;

let world: SubscriptionWorld;
const bank = createSilentGateway('authorise');
beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({ wrapGateway: bank.wrap });
});
afterEach(() => {
  bank.silent = false;
});
afterAll(() => world?.close());

const subscribed = async (paymentMethod: string, input: { startAt?: string; trialDays?: number } = {}) =>
  world.subscribe({ planId: await world.plan(), userId: await world.user(), paymentMethod, ...input });
const nothingKept = (id: string) =>
  waitFor(
    async () => {
      await world.relay();
      const { captured, refunded } = await world.bankBalance(id);
      return captured === refunded;
    },
    { what: 'nothing to be kept' },
  );

it('a first charge that is declined is incomplete, and active once paid with another method', async () => {
  const id = await subscribed('pm_declined');
  await world.until(id, 'incomplete');
  await world.advance(id, 22 * HOUR);
  await world.payWith(id, 'pm_ok');
  await world.until(id, 'active');
  expect(await world.timeline(id)).toEqual([
    'accepted',
    'invoiced',
    'payment_failed',
    'payment_method_changed',
    'charge_retried',
    'activated',
  ]);
  expect(await world.mails(id)).toEqual(['firstChargeFailed']);
  expect((await world.read(id)).paidUntil).not.toBeNull();
});

it('without a payment within 23 hours it expires: no ladder, nothing paid, its invoice void', async () => {
  const id = await subscribed('pm_declined');
  await world.until(id, 'incomplete');
  const [invoice] = await world.invoices(id);
  await world.advance(id, 24 * HOUR);
  expect(await world.handle(id).result()).toBe('incomplete_expired');
  expect(await world.read(id)).toMatchObject({ state: 'incomplete_expired', reason: 'not_paid_in_time', charge: null });
  const ending = (await world.events(id)).at(-1)!;
  expect(ending.type).toBe('subscription.incomplete_expired');
  expect(ending.at.getTime() - invoice!.createdAt.getTime()).toBeGreaterThanOrEqual(23 * HOUR);
  expect(await world.mails(id)).toEqual(['firstChargeFailed', 'subscriptionExpired']);
  expect((await world.invoices(id)).map(({ state, attempts }) => [state, attempts.length])).toEqual([['void', 1]]);
});

it('a payment of unknown outcome stays incomplete after 23 hours, and what it captured is refunded', async () => {
  bank.silent = true;
  const id = await subscribed('pm_ok');
  await world.until(id, 'incomplete');
  await world.advance(id, 26 * HOUR, HOUR);
  expect(await world.read(id)).toMatchObject({ state: 'incomplete', firstCharge: { isWithdrawn: true } });
  expect(await world.timeline(id)).toContain('expiring');
  bank.silent = false;
  await world.advance(id, 2 * HOUR);
  expect(await world.handle(id).result()).toBe('incomplete_expired');
  await nothingKept(id);
  expect((await world.invoices(id)).map(({ state }) => state)).toEqual(['void']);
});

it('a first invoice of 0 is active immediately, without a payment', async () => {
  const planId = await world.plan({ amount: { amountMinor: 1, currency: 'EUR' } });
  // A first period of at most a day, of a month that costs a cent.
  const id = await world.subscribe({ planId, anchorDay: new Date(Date.now() + 24 * HOUR).getUTCDate() });
  await world.until(id, 'active');
  expect((await world.invoices(id)).map(({ state, total }) => [state, total.amountMinor])).toEqual([['paid', 0]]);
  expect(await world.payments(id)).toEqual([]);
});

it('after a trial a first charge that is declined is past due, and dunned', async () => {
  const id = await subscribed('pm_declined', { trialDays: 1 });
  await world.until(id, 'trialing');
  await world.advance(id, 25 * HOUR);
  await world.until(id, 'past_due');
  expect((await world.read(id)).charge?.nextAt).not.toBeNull();
});
