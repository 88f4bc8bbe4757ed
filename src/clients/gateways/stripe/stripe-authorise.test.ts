import type { FakeAnswer } from './fake-stripe';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from '../gateway-errors';
import { KEY, charge, intent, refused, useFakeStripe } from './stripe-test-bed';

const { stripe, gateway } = useFakeStripe();

describe('authorise', () => {
  test('asks for a confirmed card intent with manual capture, under our key, led by the tenant', async () => {
    stripe().answer(intent());
    expect(await gateway().authorise(charge)).toEqual({
      status: 'authorised',
      authorisationId: 'pi_1',
      amount: charge.amount,
    });
    const [request] = stripe().requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/payment_intents', idempotencyKey: KEY });
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      amount: '1050',
      currency: 'eur',
      payment_method: 'pm_card_visa',
      'allowed_payment_method_types[0]': 'card',
      capture_method: 'manual',
      confirm: 'true',
      return_url: 'https://partner.example/back',
      'metadata[idempotency_key]': KEY,
      'metadata[tenant_id]': 'ten_a',
      'metadata[reference]': 'pay_1',
    });
  });

  test('reports the amount and currency that are held, whatever was asked for', async () => {
    stripe().answer(intent({ amount_capturable: 500, currency: 'usd' }));
    expect(await gateway().authorise(charge)).toMatchObject({ amount: { amountMinor: 500, currency: 'USD' } });
  });

  test('a repeat at another business time sends the very same request', async () => {
    stripe().answer(intent());
    await gateway().authorise(charge);
    await gateway().authorise({ ...charge, at: '2027-01-01T00:00:00Z' });
    expect(stripe().requests[1]).toEqual(stripe().requests[0]);
  });

  test("a partner's customer id is never taken for one of Stripe's", async () => {
    stripe().answer(intent());
    await gateway().authorise({ ...charge, customerId: 'cus_9' });
    expect(stripe().requests[0]?.form.has('customer')).toBe(false);
  });

  test.each([
    ['insufficient_funds', { code: 'card_declined', decline_code: 'insufficient_funds' }],
    ['card_expired', { code: 'expired_card' }],
    ['fraud', { code: 'card_declined', decline_code: 'stolen_card' }],
    ['authentication_required', { code: 'authentication_required' }],
    ['card_declined', { code: 'card_declined', decline_code: 'generic_decline' }],
  ])('a card error is a decline: %s', async (reason, error) => {
    stripe().answer(refused(402, { type: 'card_error', message: 'no', payment_intent: { id: 'pi_2' }, ...error }));
    expect(await gateway().authorise(charge)).toEqual({ status: 'declined', authorisationId: 'pi_2', reason });
  });

  test.each([
    ['unknown', { code: 'resource_missing', param: 'payment_method', message: 'No such' }],
    ['used up', { message: 'The provided PaymentMethod was previously used with a PaymentIntent without …' }],
  ])('a payment method that is %s is a decline', async (_name, error) => {
    stripe().answer(refused(400, { type: 'invalid_request_error', ...error }));
    expect(await gateway().authorise(charge)).toEqual({
      status: 'declined',
      authorisationId: null,
      reason: 'card_invalid',
    });
  });

  test("3-D Secure asks for the customer at the bank's page; without a page it is a decline", async () => {
    stripe().answer(
      intent({
        status: 'requires_action',
        next_action: { type: 'redirect_to_url', redirect_to_url: { url: 'https://bank.example/3ds' } },
      }),
      intent({ status: 'requires_action' }),
    );
    expect(await gateway().authorise(charge)).toEqual({
      status: 'requires_action',
      authorisationId: 'pi_1',
      url: 'https://bank.example/3ds',
    });
    expect(await gateway().authorise(charge)).toMatchObject({ status: 'declined', reason: 'authentication_required' });
  });

  test.each<[string, FakeAnswer]>([
    ['no answer comes in time', 'silence'],
    ['the connection is lost', 'disconnect'],
    ['Stripe fails', refused(500, { type: 'api_error', message: 'oops' })],
    [
      'the first call under the key is still under way',
      refused(409, { type: 'invalid_request_error', code: 'idempotency_key_in_use', message: 'wait' }),
    ],
    ['the intent is still processing', intent({ status: 'processing' })],
  ])('the outcome is unknown when %s', async (_name, answer) => {
    stripe().answer(answer);
    await expect(gateway().authorise(charge)).rejects.toMatchObject({
      name: 'GatewayOutcomeUnknown',
      call: 'authorise',
      idempotencyKey: 'pay_1:authorise:1',
    });
  });

  test('after a lost connection every request of the SDK carries the same key', async () => {
    stripe().answer('disconnect');
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayOutcomeUnknown);
    expect(new Set(stripe().requests.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set([KEY]));
    expect(stripe().requests.length).toBeLessThanOrEqual(2);
  });

  test('a refused connection and a rate limit had no effect', async () => {
    stripe().answer(refused(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'slow down' }));
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayUnavailable);
    stripe().close();
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayUnavailable);
  });

  test.each([401, 403])(
    'credentials that are not taken (%i) are waited out, and no error shows the key to Stripe',
    async (status) => {
      stripe().answer(
        refused(status, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_1' }),
      );
      const error = await gateway()
        .authorise(charge)
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(GatewayUnavailable);
      expect((error as Error).message).not.toContain('sk_test_1');
    },
  );

  test('a reused key is a defect of ours', async () => {
    stripe().answer(refused(400, { type: 'idempotency_error', message: 'Keys for idempotent requests …' }));
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayRequestRefused);
  });
});
