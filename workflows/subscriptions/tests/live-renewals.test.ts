import { startFakeStripe, type FakeStripe } from '../../../src/clients/gateways/stripe/fake-stripe';
import { StripeBooks } from '../../../src/clients/gateways/stripe/stripe-books';
import { createStripeGateway } from '../../../src/clients/gateways/stripe/stripe-gateway';
import { paymentReported } from '../../../src/contracts/subscriptions/subscription';
import { paymentTimes } from '../../../src/domain/payments/payment';
import type { AcceptSubscriptionInput } from '../../../src/services/subscriptions/accept-subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;

const books = new StripeBooks();
let isSilent = false;
let stripe: FakeStripe;
let world: SubscriptionWorld;
beforeAll(async () => {
  quietTemporal();
  stripe = await startFakeStripe((request) => (isSilent ? 'silence' : books.respond(request)));
  const gateway = createStripeGateway({
    apiKey: 'sk_test_1',
    returnUrl: 'https://partner.example/back',
    apiBase: stripe.url,
  });
  world = await openSubscriptionWorld({ mode: 'live', wrapGateway: () => gateway });
});
afterEach(() => {
  isSilent = false;
});
afterAll(async () => {
  await world?.close();
  stripe?.close();
});

const subscribe = async (more: Partial<AcceptSubscriptionInput>) =>
  world.subscribe({ planId: await world.plan(), ...more });
/** Returns the forms of the requests that named this payment method, with the kind of each. */
const sent = (paymentMethod: string) =>
  stripe.requests
    .filter(({ form }) => form.get('payment_method') === paymentMethod)
    .map(({ path, form }) => ({ path, ...Object.fromEntries(form) }));
const setupState = async (id: string) => (await world.read(id)).methodSetup?.state;

it('the first charge saves the payment method, and a renewal is made without the customer', async () => {
  const customerId = 'shared';
  const id = await subscribe({ paymentMethod: 'pm_ok_first', customerId });
  await world.until(id, 'active');
  await world.advance(id, 32 * DAY);
  await world.untilSettled(id);
  const [first, second, ...more] = sent('pm_ok_first');
  expect(more).toEqual([]);
  expect(first).toMatchObject({ setup_future_usage: 'off_session', return_url: 'https://partner.example/back' });
  expect(second).toMatchObject({ off_session: 'true', customer: (first as { customer?: string }).customer });
  expect((await world.payments(id)).map(({ state }) => state)).toEqual(['captured', 'captured']);

  // Another subscription of the same customer: no second customer at Stripe.
  const other = await subscribe({ paymentMethod: 'pm_ok_second', customerId });
  await world.until(other, 'active');
  expect(sent('pm_ok_second')[0]).toMatchObject({ customer: (first as { customer?: string }).customer });
  const kept = { tenantId: world.tenantId, customerId };
  expect(await world.database.models.gatewayCustomers.countDocuments(kept)).toBe(1);
});

it('a trial saves the payment method at its start, and its first charge is made without the customer', async () => {
  const id = await subscribe({ paymentMethod: 'pm_ok_trial', trialDays: 7 });
  await world.until(id, 'trialing');
  expect((await world.read(id)).methodSetup).toMatchObject({ state: 'saved', reason: null, url: null });
  expect(sent('pm_ok_trial')).toMatchObject([{ path: '/v1/setup_intents', usage: 'off_session' }]);
  await world.advance(id, 8 * DAY);
  await world.until(id, 'active');
  expect(sent('pm_ok_trial')[1]).toMatchObject({ path: '/v1/payment_intents', off_session: 'true' });
  expect(await world.timeline(id)).toContain('payment_method_checked');
});

it('a customer whom the bank wants to see is asked by mail, at the trial and at its first charge', async () => {
  const userId = await world.user();
  const id = await subscribe({ paymentMethod: 'pm_action_always_1', trialDays: 7, userId });
  await world.until(id, 'trialing');
  const { state, url } = (await world.read(id)).methodSetup!;
  expect(state).toBe('requires_action');
  books.act(url!.split('/').at(-1)!, 'confirm');

  await world.advance(id, 7 * DAY + 60_000);
  await waitFor(async () => (await world.read(id)).charge?.until, { what: 'the deadline of the confirmation' });
  const [payment] = await world.payments(id);
  expect(payment).toMatchObject({ state: 'requires_action', methodSaved: true });
  expect(payment!.until!.getTime() - payment!.since.getTime()).toBe(paymentTimes.absentActionMs);
  expect(await world.mails(id)).toEqual(['paymentMethodConfirmation', 'trialEnding', 'paymentConfirmation']);

  books.act(payment!.authorisationId!, 'confirm');
  await world.handle(id).signal(paymentReported);
  await world.until(id, 'active');
});

it('a payment method that the bank does not let us save is on the timeline and in a mail', async () => {
  const id = await subscribe({ paymentMethod: 'pm_unsavable_1', trialDays: 7, userId: await world.user() });
  await world.until(id, 'trialing');
  expect((await world.read(id)).methodSetup).toMatchObject({ state: 'declined', reason: 'card_declined', url: null });
  expect(await world.mails(id)).toEqual(['paymentMethodRejected']);
});

it('a new payment method that the bank declines is refused, and one that it accepts is saved', async () => {
  const id = await subscribe({ paymentMethod: 'pm_ok_old' });
  await world.until(id, 'active');
  await expect(world.payWith(id, 'pm_unsavable_2')).rejects.toMatchObject({ code: 'PAYMENT_METHOD_UNUSABLE' });
  expect(await world.read(id)).toMatchObject({ paymentMethod: 'pm_ok_old', methodSetup: null });
  await world.payWith(id, 'pm_ok_new');
  expect(await setupState(id)).toBe('saved');
  await world.advance(id, 32 * DAY);
  await world.untilSettled(id);
  expect(sent('pm_ok_new').at(-1)).toMatchObject({ path: '/v1/payment_intents', off_session: 'true' });
});

it('a gateway that does not answer keeps no new payment method out; the next charge saves it', async () => {
  const id = await subscribe({ paymentMethod: 'pm_ok_slow' });
  await world.until(id, 'active');
  isSilent = true;
  await world.payWith(id, 'pm_ok_unanswered');
  isSilent = false;
  expect(await setupState(id)).toBe('pending');
  await world.advance(id, 32 * DAY);
  await world.untilSettled(id);
  expect(sent('pm_ok_unanswered').at(-1)).toMatchObject({ setup_future_usage: 'off_session' });
  expect((await world.payments(id)).map(({ state }) => state)).toEqual(['captured', 'captured']);
});
