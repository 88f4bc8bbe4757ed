import { GatewayUnavailable } from '../gateway-errors';
import type { AuthoriseInput } from '../payment-gateway';
import { startFakeStripe } from './fake-stripe';
import { StripeBooks } from './stripe-books';
import { createStripeGateway } from './stripe-gateway';
import { call, charge, intent, refused, useFakeStripe } from './stripe-test-bed';

describe('a payment method that is charged more than once', () => {
  let books: StripeBooks;
  const { stripe, gateway } = useFakeStripe(() => {
    books = new StripeBooks();
    return startFakeStripe(books.respond);
  });
  const newCustomer = async () =>
    (await gateway().customers!.create({ ...call('gcu_1:create'), reference: 'gcu_1' })).gatewayCustomerId;
  const pay = (key: string, more: Partial<AuthoriseInput>) =>
    gateway().authorise({ ...charge, ...call(key), paymentMethod: 'pm_ok_1', ...more });
  const save = (gatewayCustomerId: string, paymentMethod: string) =>
    gateway().customers!.saveMethod({ ...call(`save:${paymentMethod}`), gatewayCustomerId, paymentMethod });
  const savedFor = async (paymentMethod: string) => {
    const found = await gateway().getPaymentMethod({ tenantId: 'ten_a', at: charge.at, paymentMethod });
    return found.status === 'found' ? found.savedFor : undefined;
  };
  const lastForm = () => Object.fromEntries(stripe().requests.at(-1)!.form);

  test('without a customer is refused the second time', async () => {
    expect(await pay('p1', {})).toMatchObject({ status: 'authorised' });
    expect(await pay('p2', { purpose: 'renewal' })).toMatchObject({
      status: 'declined',
      reason: 'card_invalid',
    });
  });

  test('is saved by its first charge, and then charged without the customer', async () => {
    const gatewayCustomerId = await newCustomer();
    expect(await pay('p1', { gatewayCustomerId })).toMatchObject({ status: 'authorised' });
    expect(lastForm()).toMatchObject({ customer: gatewayCustomerId, setup_future_usage: 'off_session' });
    expect(await savedFor('pm_ok_1')).toBe(gatewayCustomerId);
    const renewal = { purpose: 'renewal', gatewayCustomerId, methodSaved: true } as const;
    expect(await pay('p2', renewal)).toMatchObject({ status: 'authorised' });
    expect(lastForm()).toMatchObject({ customer: gatewayCustomerId, off_session: 'true' });
    expect(lastForm()).not.toHaveProperty('setup_future_usage');
    expect(lastForm()).not.toHaveProperty('return_url');
  });

  test('is saved before a trial, and charged without the customer after it', async () => {
    const gatewayCustomerId = await newCustomer();
    expect(await save(gatewayCustomerId, 'pm_action_1')).toEqual({
      status: 'requires_action',
      url: 'https://bank.example/confirm/seti_1',
    });
    expect(await savedFor('pm_action_1')).toBeNull();
    books.act('seti_1', 'confirm');
    expect(await savedFor('pm_action_1')).toBe(gatewayCustomerId);
    const first = { paymentMethod: 'pm_action_1', purpose: 'renewal', gatewayCustomerId, methodSaved: true } as const;
    expect(await pay('p1', first)).toMatchObject({ status: 'authorised' });
  });

  test('is charged with the customer by a renewal that finds it not saved', async () => {
    const gatewayCustomerId = await newCustomer();
    const renewal = { paymentMethod: 'pm_action_1', purpose: 'renewal', gatewayCustomerId } as const;
    expect(await pay('p1', renewal)).toMatchObject({ status: 'requires_action' });
    books.act('pi_1', 'confirm');
    expect(await savedFor('pm_action_1')).toBe(gatewayCustomerId);
  });

  test('asks for the customer where the bank requires it for a renewal, once', async () => {
    const gatewayCustomerId = await newCustomer();
    await save(gatewayCustomerId, 'pm_action_always_1');
    books.act('seti_1', 'confirm');
    const renewal = {
      paymentMethod: 'pm_action_always_1',
      purpose: 'renewal',
      gatewayCustomerId,
      methodSaved: true,
    } as const;
    const asked = { status: 'requires_action', authorisationId: 'pi_2', url: 'https://bank.example/confirm/pi_2' };
    expect(await pay('p1', renewal)).toEqual(asked);
    expect(await pay('p1', renewal)).toEqual(asked);
    expect(stripe().requests.at(-1)).toMatchObject({
      path: '/v1/payment_intents/pi_2/confirm',
      idempotencyKey: 'ten_a:p1:confirm',
    });
    books.act('pi_2', 'confirm');
    expect(await gateway().lookUp({ ...call('p1'), operation: 'authorise', authorisationId: 'pi_2' })).toMatchObject({
      result: { status: 'authorised' },
    });
  });

  test('of another customer is a decline', async () => {
    const gatewayCustomerId = await newCustomer();
    await save(gatewayCustomerId, 'pm_ok_1');
    expect(await pay('p1', {})).toMatchObject({ status: 'declined', reason: 'card_invalid' });
  });

  test('that the bank declines is not saved', async () => {
    const gatewayCustomerId = await newCustomer();
    expect(await save(gatewayCustomerId, 'pm_unsavable_1')).toEqual({ status: 'declined', reason: 'card_declined' });
    expect(await save(gatewayCustomerId, 'pm_nobody')).toEqual({
      status: 'declined',
      reason: 'card_invalid',
    });
  });

  test('a customer is created once under a key', async () => {
    expect(await newCustomer()).toBe('cus_1');
    expect(await newCustomer()).toBe('cus_1');
    expect(stripe().requests[0]).toMatchObject({ path: '/v1/customers', idempotencyKey: 'ten_a:gcu_1:create' });
  });
});

describe('calls about customers that nobody answers', () => {
  const { stripe, gateway } = useFakeStripe();
  const create = () => gateway().customers!.create({ ...call('k'), reference: 'gcu_1' });
  const save = (timeoutMs?: number) =>
    gateway().customers!.saveMethod({ ...call('k'), gatewayCustomerId: 'cus_1', paymentMethod: 'pm_1', timeoutMs });

  test.each(['silence', 'disconnect', refused(500, { type: 'api_error', message: 'oops' })] as const)(
    'are repeated with the same key: %j',
    async (answer) => {
      stripe().answer(answer);
      await expect(create()).rejects.toBeInstanceOf(GatewayUnavailable);
      await expect(save()).rejects.toBeInstanceOf(GatewayUnavailable);
    },
  );

  test('a setup that Stripe has not decided is repeated', async () => {
    stripe().answer(intent({ object: 'setup_intent', status: 'processing' }));
    await expect(save()).rejects.toBeInstanceOf(GatewayUnavailable);
  });

  test('the caller may set a shorter limit', async () => {
    stripe().answer('silence');
    const patient = createStripeGateway({
      apiKey: 'sk_test_1',
      returnUrl: 'https://partner.example/back',
      apiBase: stripe().url,
      timeoutMs: 60_000,
    });
    const began = Date.now();
    const input = { ...call('k'), gatewayCustomerId: 'cus_1', paymentMethod: 'pm_1', timeoutMs: 100 };
    await expect(patient.customers!.saveMethod(input)).rejects.toBeInstanceOf(GatewayUnavailable);
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});
