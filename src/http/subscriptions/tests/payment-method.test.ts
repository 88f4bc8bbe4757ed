import { DomainError } from '../../../domain/domain-error';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import type { CheckPaymentMethodInput } from '../check-payment-method';

let api: TestApi;
let key: string;
let tenantId: string;
let checked: CheckPaymentMethodInput[] = [];
let isUnusable = false;

beforeAll(async () => {
  api = await startTestApi({
    async checkPaymentMethod(input) {
      checked.push(input);
      if (isUnusable) throw new DomainError('PAYMENT_METHOD_UNUSABLE', 'Expired.', { pointer: '/paymentMethod' });
    },
  });
});
beforeEach(async () => {
  checked = [];
  isUnusable = false;
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, idempotencyKey: string, content: object) =>
  expectContract(await api.call('post', path, key).set('Idempotency-Key', idempotencyKey).send(content));
const unusable = { status: 422, body: { code: 'PAYMENT_METHOD_UNUSABLE', errors: [{ pointer: '/paymentMethod' }] } };

test('an unusable payment method is refused at the create, and a repeat needs no check', async () => {
  const { planId } = await seedSubscription({ api, tenantId });
  const wanted = { planId, customerId: 'cust-9', paymentMethod: 'pm_ok' };
  isUnusable = true;
  expect(await post('/subscriptions', 'refused', wanted)).toMatchObject(unusable);
  expect(checked).toMatchObject([{ tenantId, paymentMethod: 'pm_ok', customerId: 'cust-9' }]);
  isUnusable = false;
  expect((await post('/subscriptions', 'refused', wanted)).status).toBe(422);
  expect((await post('/subscriptions', 'accepted', wanted)).status).toBe(202);
  isUnusable = true;
  expect((await post('/subscriptions', 'accepted', wanted)).status).toBe(202);
  expect(checked).toHaveLength(2);
});

test('an unusable new payment method is refused before any command is sent', async () => {
  const { subscriptionId } = await seedSubscription({ api, tenantId });
  const path = `/subscriptions/${subscriptionId}/payment-method`;
  isUnusable = true;
  expect(await post(path, 'update-1', { paymentMethod: 'pm_old' })).toMatchObject(unusable);
  expect(api.commands).toEqual([]);
  isUnusable = false;
  expect((await post(path, 'update-2', { paymentMethod: 'pm_ok' })).status).toBe(200);
  expect(checked.at(-1)).toMatchObject({ customerId: 'cust-1', paymentMethod: 'pm_ok' });
});

test('a subscription shows where its customer confirms the payment method', async () => {
  const methodSetup = {
    state: 'requires_action',
    key: 'k',
    reason: null,
    url: 'https://bank.example/confirm',
  } as const;
  const { subscriptionId } = await seedSubscription({ api, tenantId, as: { methodSetup } });
  const { body } = expectContract(await api.call('get', `/subscriptions/${subscriptionId}`, key));
  expect(body.paymentMethodSetup).toEqual({
    state: 'requires_action',
    reason: null,
    nextAction: { url: 'https://bank.example/confirm' },
  });
});
