import { startFakeStripe } from './fake-stripe';
import type { FakeAnswer, FakeStripe } from './fake-stripe';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from './gateway-errors';
import type { LookUpInput } from './payment-gateway';
import { createStripeGateway } from './stripe-gateway';

let stripe: FakeStripe;
beforeEach(async () => {
  stripe = await startFakeStripe();
});
afterEach(() => {
  stripe.close();
});

const gateway = () =>
  createStripeGateway({
    apiKey: 'sk_test_1',
    returnUrl: 'https://partner.example/back',
    apiBase: stripe.url,
    timeoutMs: 400,
  });
const call = (idempotencyKey: string) => ({ tenantId: 'ten_a', at: '2026-11-21T10:00:00Z', idempotencyKey });
const charge = {
  ...call('pay_1:authorise:1'),
  amount: { amountMinor: 1050, currency: 'EUR' },
  paymentMethod: 'pm_card_visa',
  reference: 'pay_1',
};
const KEY = 'ten_a:pay_1:authorise:1';

const intent = (more: object = {}): FakeAnswer => ({
  status: 200,
  body: {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'requires_capture',
    amount: 1050,
    amount_received: 0,
    currency: 'eur',
    latest_charge: 'ch_1',
    metadata: { idempotency_key: KEY, tenant_id: 'ten_a' },
    ...more,
  },
});
const refused = (status: number, error: object): FakeAnswer => ({ status, body: { error } });

describe('authorise', () => {
  test('asks for a confirmed card intent with manual capture, under our key, led by the tenant', async () => {
    stripe.answer(intent());
    expect(await gateway().authorise(charge)).toEqual({
      status: 'authorised',
      authorisationId: 'pi_1',
      amount: charge.amount,
    });
    const [request] = stripe.requests;
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

  test('a repeat at another business time sends the same request, because Stripe compares them', async () => {
    stripe.answer(intent());
    await gateway().authorise(charge);
    await gateway().authorise({ ...charge, at: '2027-01-01T00:00:00Z' });
    expect(stripe.requests[1]).toEqual(stripe.requests[0]);
  });

  test('a renewal is made without the customer, and a Stripe customer is named', async () => {
    stripe.answer(intent());
    await gateway().authorise({ ...charge, purpose: 'renewal', customerId: 'cus_9' });
    const form = Object.fromEntries(stripe.requests[0]?.form ?? []);
    expect(form).toMatchObject({ off_session: 'true', customer: 'cus_9' });
    expect(form).not.toHaveProperty('return_url');
  });

  test.each([
    ['insufficient_funds', { code: 'card_declined', decline_code: 'insufficient_funds' }],
    ['expired_card', { code: 'expired_card' }],
    ['fraud', { code: 'card_declined', decline_code: 'stolen_card' }],
    ['authentication_required', { code: 'authentication_required' }],
    ['card_declined', { code: 'card_declined', decline_code: 'generic_decline' }],
  ])('a card error is a decline: %s', async (reason, error) => {
    stripe.answer(refused(402, { type: 'card_error', message: 'no', payment_intent: { id: 'pi_2' }, ...error }));
    expect(await gateway().authorise(charge)).toEqual({ status: 'declined', authorisationId: 'pi_2', reason });
  });

  test('an unknown payment method is a decline', async () => {
    stripe.answer(
      refused(400, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        param: 'payment_method',
        message: 'No such',
      }),
    );
    expect(await gateway().authorise(charge)).toEqual({
      status: 'declined',
      authorisationId: null,
      reason: 'invalid_payment_method',
    });
  });

  test("3-D Secure asks for the customer at the bank's page; without a page it is a decline", async () => {
    stripe.answer(
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
    stripe.answer(answer);
    await expect(gateway().authorise(charge)).rejects.toMatchObject({
      name: 'GatewayOutcomeUnknown',
      call: 'authorise',
      idempotencyKey: 'pay_1:authorise:1',
    });
  });

  test('after a lost connection every request of the SDK carries the same key', async () => {
    stripe.answer('disconnect');
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayOutcomeUnknown);
    expect(new Set(stripe.requests.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set([KEY]));
    expect(stripe.requests.length).toBeLessThanOrEqual(2);
  });

  test('a refused connection and a rate limit had no effect', async () => {
    stripe.answer(refused(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'slow down' }));
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayUnavailable);
    stripe.close();
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayUnavailable);
  });

  test.each([401, 403])(
    'credentials that are not taken (%i) are waited out, and no error shows the key to Stripe',
    async (status) => {
      stripe.answer(refused(status, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_1' }));
      const error = await gateway()
        .authorise(charge)
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(GatewayUnavailable);
      expect((error as Error).message).not.toContain('sk_test_1');
    },
  );

  test('a reused key is a defect of ours', async () => {
    stripe.answer(refused(400, { type: 'idempotency_error', message: 'Keys for idempotent requests …' }));
    await expect(gateway().authorise(charge)).rejects.toBeInstanceOf(GatewayRequestRefused);
  });
});

describe('capture, void, refund', () => {
  const named = { authorisationId: 'pi_1' };

  test('capture sends amount and key, and answers what was received', async () => {
    stripe.answer(intent({ status: 'succeeded', amount_received: 800 }));
    const amount = { amountMinor: 800, currency: 'EUR' };
    expect(await gateway().capture({ ...call('pay_1:capture:1'), ...named, amount })).toEqual({
      status: 'captured',
      captureId: 'ch_1',
      amount,
    });
    expect(stripe.requests[0]).toMatchObject({
      path: '/v1/payment_intents/pi_1/capture',
      idempotencyKey: 'ten_a:pay_1:capture:1',
    });
    expect(Object.fromEntries(stripe.requests[0]?.form ?? [])).toEqual({
      amount_to_capture: '800',
      'metadata[capture_idempotency_key]': 'ten_a:pay_1:capture:1',
    });
  });

  test.each([
    ['already_voided', { code: 'payment_intent_unexpected_state', payment_intent: { id: 'pi_1', status: 'canceled' } }],
    ['amount_too_large', { code: 'amount_too_large' }],
  ])('a broken rule is a value: %s', async (reason, error) => {
    stripe.answer(refused(400, { type: 'invalid_request_error', message: 'no', ...error }));
    expect(await gateway().capture({ ...call('c'), ...named })).toEqual({ status: 'rejected', reason });
    expect(await gateway().void({ ...call('v'), ...named })).toEqual({ status: 'rejected', reason });
  });

  test.each(['payment_intent_unexpected_state', 'charge_already_captured'])(
    'what somebody else captured is told with how much it was: %s',
    async (code) => {
      const error = refused(400, {
        type: 'invalid_request_error',
        message: 'no',
        code,
        payment_intent: { id: 'pi_1', status: 'succeeded' },
      });
      const rejected = {
        status: 'rejected',
        reason: 'already_captured',
        captured: { amountMinor: 40, currency: 'EUR' },
      };
      for (const ask of ['capture', 'void'] as const) {
        stripe.answer(error, intent({ status: 'succeeded', amount_received: 40 }));
        expect(await gateway()[ask]({ ...call(ask), ...named })).toEqual(rejected);
        expect(stripe.requests.at(-1)).toMatchObject({ method: 'GET', path: '/v1/payment_intents/pi_1' });
        stripe.answer(error, 'disconnect');
        await expect(gateway()[ask]({ ...call(ask), ...named })).rejects.toBeInstanceOf(GatewayUnavailable);
      }
    },
  );

  test.each([
    ['succeeded', 'refunded'],
    ['pending', 'pending'],
    ['requires_action', 'pending'],
  ])('a refund that is %s is %s', async (status, expected) => {
    stripe.answer({ status: 200, body: { id: 're_1', object: 'refund', status, amount: 300, currency: 'eur' } });
    const amount = { amountMinor: 300, currency: 'EUR' };
    expect(await gateway().refund({ ...call('ref_1'), ...named, amount })).toEqual({
      status: expected,
      refundId: 're_1',
      amount,
    });
    expect(stripe.requests[0]).toMatchObject({ path: '/v1/refunds', idempotencyKey: 'ten_a:ref_1' });
  });

  test('void cancels the intent', async () => {
    stripe.answer(intent({ status: 'canceled' }));
    expect(await gateway().void({ ...call('v'), ...named })).toEqual({ status: 'voided' });
    expect(stripe.requests[0]).toMatchObject({ path: '/v1/payment_intents/pi_1/cancel', idempotencyKey: 'ten_a:v' });
  });
});

describe('lookUp', () => {
  const lookUp = (more: Partial<LookUpInput> = {}) =>
    gateway().lookUp({ ...call('pay_1:authorise:1'), operation: 'authorise', ...more });
  const list = (...data: object[]): FakeAnswer => ({ status: 200, body: { object: 'list', data, has_more: false } });
  const intentBody = (more: object) => (intent(more) as { body: object }).body;

  test('searches an authorisation by the key in metadata, and changes nothing', async () => {
    stripe.answer({ status: 200, body: { object: 'search_result', data: [intentBody({})], has_more: false } });
    expect(await lookUp()).toMatchObject({
      status: 'found',
      operation: 'authorise',
      result: { status: 'authorised', authorisationId: 'pi_1' },
    });
    expect(stripe.requests).toMatchObject([{ method: 'GET', path: '/v1/payment_intents/search' }]);
    expect(stripe.requests[0]?.query.get('query')).toBe(`metadata["idempotency_key"]:"${KEY}"`);
  });

  test('reads a known authorisation directly, and finds none of another key or tenant', async () => {
    stripe.answer(intent());
    expect(await lookUp({ authorisationId: 'pi_1' })).toMatchObject({ status: 'found' });
    expect(await lookUp({ authorisationId: 'pi_1', tenantId: 'ten_b' })).toEqual({ status: 'not_found' });
    expect(stripe.requests[0]).toMatchObject({ method: 'GET', path: '/v1/payment_intents/pi_1' });
  });

  test("finds a capture by its own key, a void by the state, a refund among the intent's refunds", async () => {
    stripe.answer(
      intent({ status: 'succeeded', amount_received: 1050, metadata: { capture_idempotency_key: 'ten_a:c' } }),
    );
    expect(await lookUp({ idempotencyKey: 'c', operation: 'capture', authorisationId: 'pi_1' })).toMatchObject({
      status: 'found',
      result: { status: 'captured' },
    });
    expect(await lookUp({ idempotencyKey: 'other', operation: 'capture', authorisationId: 'pi_1' })).toEqual({
      status: 'not_found',
    });
    expect(await lookUp({ idempotencyKey: 'v', operation: 'void', authorisationId: 'pi_1' })).toEqual({
      status: 'not_found',
    });
    stripe.answer(
      list(
        { id: 're_0', metadata: {} },
        { id: 're_1', status: 'failed', amount: 5, currency: 'eur', metadata: { idempotency_key: 'ten_a:r' } },
      ),
    );
    expect(await lookUp({ idempotencyKey: 'r', operation: 'refund', authorisationId: 'pi_1' })).toMatchObject({
      status: 'found',
      result: { status: 'rejected', reason: 'refund_failed' },
    });
  });

  test.each<[string, FakeAnswer]>([
    ['no answer', 'silence'],
    ['still processing', intent({ status: 'processing' })],
  ])('%s makes it unavailable, never unknown', async (_name, answer) => {
    stripe.answer(answer);
    await expect(lookUp({ authorisationId: 'pi_1' })).rejects.toBeInstanceOf(GatewayUnavailable);
  });
});

test('facts of a card, or that there is none', async () => {
  const at = '2026-11-21T10:00:00Z';
  stripe.answer(
    {
      status: 200,
      body: {
        id: 'pm_1',
        type: 'card',
        card: { brand: 'visa', last4: '4242', exp_month: 3, exp_year: 2030, funding: 'debit' },
      },
    },
    refused(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'No such' }),
  );
  const ask = () => gateway().getPaymentMethod({ tenantId: 'ten_a', at, paymentMethod: 'pm_1' });
  expect(await ask()).toEqual({
    status: 'found',
    brand: 'visa',
    last4: '4242',
    expMonth: 3,
    expYear: 2030,
    funding: 'debit',
  });
  expect(await ask()).toEqual({ status: 'not_found' });
});
