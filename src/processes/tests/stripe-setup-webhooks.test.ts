import { newId } from '../../domain/ids';
import { tenantIdOf } from '../../domain/tenant';
import type { MethodSetup } from '../../models/subscriptions/subscription';
import type { TestApi } from '../../testing/test-api';
import { seedSubscription } from '../../testing/worlds/seed-subscription';
import { stripeObjects } from '../../testing/worlds/stripe-objects';
import { startStripeWebhookApi, stripeEventOf } from '../../testing/worlds/stripe-webhook-api';

const PAGE = 'https://bank.example/confirm';

let api: TestApi;
let tenant: Awaited<ReturnType<TestApi['newTenant']>>;
let send: Awaited<ReturnType<typeof startStripeWebhookApi>>['send'];
beforeAll(async () => {
  ({ api, tenant, send } = await startStripeWebhookApi());
});
afterAll(() => api.stop());

/** Returns a live subscription of a user, whose payment method is in this state. */
async function seed(state: MethodSetup['state'], occasion = 'first') {
  const { subscriptionId } = await seedSubscription({ api, tenantId: tenant.tenantId });
  const url = state === 'requires_action' ? PAGE : null;
  const methodSetup = { state, key: `${subscriptionId}:save:${occasion}`, reason: null, url };
  const as = { state: 'trialing', userId: newId('user'), methodSetup };
  await api.database.models.subscriptions.updateOne({ _id: subscriptionId }, { $set: as });
  return subscriptionId;
}

/** Sends an event about the setup intent of a subscription. */
async function report(type: string, subscriptionId: string, more: object = {}, tenantId = tenant.tenantId) {
  const { setup } = stripeObjects({ tenantId, paymentId: 'pay_1', refundId: 'rfd_1', intentId: 'pi_1' });
  const body = stripeEventOf(type, setup(subscriptionId, more));
  for (let time = 0; time < 2; time++) expect((await send(body)).status).toBe(200);
}

const setupOf = async (subscriptionId: string) =>
  (await api.call('get', `/subscriptions/${subscriptionId}`, tenant.key)).body.paymentMethodSetup as object;
const mailsOf = async (subscriptionId: string) =>
  (await api.database.models.outbox.find({ entityId: subscriptionId, mail: { $ne: null } }).lean()).map(
    ({ mail }) => mail!.template,
  );
const FAILED = { status: 'requires_payment_method', last_setup_error: { code: 'setup_intent_authentication_failure' } };
const ASKS = { status: 'requires_action', next_action: { redirect_to_url: { url: PAGE } } };

test('a customer who confirmed has a saved payment method, once', async () => {
  const id = await seed('requires_action');
  await report('setup_intent.succeeded', id);
  expect(await setupOf(id)).toEqual({ state: 'saved', reason: null, nextAction: null });
  const checked = { entityId: id, type: 'subscription.payment_method_checked' as const };
  expect(await api.database.models.events.countDocuments(checked)).toBe(1);
  expect(await mailsOf(id)).toEqual([]);
});

test('a customer who did not confirm needs another payment method, and gets a mail', async () => {
  const id = await seed('requires_action');
  await report('setup_intent.setup_failed', id, FAILED);
  expect(await setupOf(id)).toEqual({ state: 'declined', reason: 'authentication_failed', nextAction: null });
  expect(await mailsOf(id)).toEqual(['paymentMethodRejected']);
});

test('a call that nobody answered is settled by its webhook', async () => {
  const id = await seed('pending');
  await report('setup_intent.requires_action', id, ASKS);
  expect(await setupOf(id)).toEqual({ state: 'requires_action', reason: null, nextAction: { url: PAGE } });
  expect(await mailsOf(id)).toEqual(['paymentMethodConfirmation']);
});

test('events that are late, about an earlier payment method or of another tenant change nothing', async () => {
  const saved = await seed('saved');
  await report('setup_intent.requires_action', saved, ASKS);
  expect(await setupOf(saved)).toMatchObject({ state: 'saved' });
  const replaced = await seed('requires_action', 'another');
  await report('setup_intent.succeeded', replaced);
  expect(await setupOf(replaced)).toMatchObject({ state: 'requires_action' });
  const foreign = await seed('requires_action');
  await report('setup_intent.succeeded', foreign, {}, tenantIdOf({ partnerId: newId('partner'), mode: 'live' }));
  expect(await setupOf(foreign)).toMatchObject({ state: 'requires_action' });
});
