import { GatewayRequestRefused, GatewayUnavailable } from '../gateway-errors';
import { call, intent, refused, useFakeStripe } from './stripe-test-bed';

const { stripe, gateway } = useFakeStripe();

describe('capture, void, refund', () => {
  const named = { authorisationId: 'pi_1' };

  test('capture sends amount and key, and answers what was received', async () => {
    stripe().answer(intent({ status: 'succeeded', amount_received: 800 }));
    const amount = { amountMinor: 800, currency: 'EUR' };
    expect(await gateway().capture({ ...call('pay_1:capture:1'), ...named, amount })).toEqual({
      status: 'captured',
      captureId: 'ch_1',
      amount,
    });
    expect(stripe().requests[0]).toMatchObject({
      path: '/v1/payment_intents/pi_1/capture',
      idempotencyKey: 'ten_a:pay_1:capture:1',
    });
    expect(Object.fromEntries(stripe().requests[0]?.form ?? [])).toEqual({
      amount_to_capture: '800',
      'metadata[capture_idempotency_key]': 'ten_a:pay_1:capture:1',
    });
  });

  const unexpected = refused(400, {
    type: 'invalid_request_error',
    message: 'no',
    code: 'payment_intent_unexpected_state',
    payment_intent: { id: 'pi_1', status: 'processing' },
  });

  test.each([
    ['amount_too_large', { code: 'amount_too_large' }],
    ['charge_disputed', { code: 'charge_disputed' }],
  ])('a broken rule is a value: %s', async (reason, error) => {
    stripe().answer(refused(400, { type: 'invalid_request_error', message: 'no', ...error }));
    expect(await gateway().capture({ ...call('c'), ...named })).toEqual({ status: 'rejected', reason });
    expect(await gateway().void({ ...call('v'), ...named })).toEqual({ status: 'rejected', reason });
  });

  test.each([
    ['charge_disputed', { code: 'charge_disputed', message: 'Charge ch_1 has been charged back' }],
    ['charge_disputed', { code: 'refund_disputed_payment', message: 'The customer has disputed the charge' }],
    ['balance_insufficient', { code: 'balance_insufficient', message: 'Insufficient funds' }],
    ['refund_exceeds_captured', { code: 'amount_too_large', message: 'no' }],
    [
      'refund_exceeds_captured',
      { param: 'amount', message: 'Refund amount ($10.00) is greater than unrefunded amount on charge ($3.00)' },
    ],
    ['already_refunded', { code: 'charge_already_refunded', message: 'Charge ch_1 has already been refunded.' }],
  ])('a refund that is refused keeps its reason: %s', async (reason, error) => {
    stripe().answer(refused(400, { type: 'invalid_request_error', ...error }));
    const refund = { ...call('ref_1'), ...named, amount: { amountMinor: 300, currency: 'EUR' } };
    expect(await gateway().refund(refund)).toEqual({ status: 'rejected', reason });
  });

  test('a refund with a malformed amount is a defect of ours', async () => {
    const error = { type: 'invalid_request_error', param: 'amount', code: 'parameter_invalid_integer', message: 'no' };
    stripe().answer(refused(400, error));
    await expect(gateway().refund({ ...call('ref_1'), ...named })).rejects.toBeInstanceOf(GatewayRequestRefused);
  });

  test.each(['payment_intent_unexpected_state', 'charge_already_captured'])(
    'what somebody else captured is told with how much it was: %s',
    async (code) => {
      const error = refused(400, { type: 'invalid_request_error', message: 'no', code });
      const rejected = {
        status: 'rejected',
        reason: 'already_captured',
        captured: { amountMinor: 40, currency: 'EUR' },
      };
      for (const ask of ['capture', 'void'] as const) {
        stripe().answer(error, intent({ status: 'succeeded', amount_received: 40 }));
        expect(await gateway()[ask]({ ...call(ask), ...named })).toEqual(rejected);
        expect(stripe().requests.at(-1)).toMatchObject({ method: 'GET', path: '/v1/payment_intents/pi_1' });
        stripe().answer(error, 'disconnect');
        await expect(gateway()[ask]({ ...call(ask), ...named })).rejects.toBeInstanceOf(GatewayUnavailable);
      }
    },
  );

  test.each([
    ['void', 'canceled', 'already_voided'],
    ['void', 'requires_payment_method', 'not_authorised'],
    ['capture', 'canceled', 'already_voided'],
    ['capture', 'requires_action', 'not_authorised'],
  ] as const)("a refused %s is decided by the intent's own status: %s", async (operation, status, reason) => {
    stripe().answer(unexpected, intent({ status }));
    expect(await gateway()[operation]({ ...call('c'), ...named })).toEqual({ status: 'rejected', reason });
  });

  test.each(['capture', 'void'] as const)(
    'the outcome of a %s is unknown while Stripe is processing',
    async (operation) => {
      stripe().answer(unexpected, intent({ status: 'processing' }));
      await expect(gateway()[operation]({ ...call('c'), ...named })).rejects.toMatchObject({
        name: 'GatewayOutcomeUnknown',
        call: operation,
      });
    },
  );

  test.each(['capture', 'void'] as const)('a response to a %s that does not end it is unknown', async (operation) => {
    stripe().answer(intent({ status: 'processing' }));
    await expect(gateway()[operation]({ ...call('c'), ...named })).rejects.toMatchObject({
      name: 'GatewayOutcomeUnknown',
    });
  });

  test('a hold that appeared while Stripe was processing is voided under the key of its state', async () => {
    stripe().answer(unexpected, intent({ status: 'requires_capture' }), intent({ status: 'canceled' }));
    expect(await gateway().void({ ...call('v'), ...named })).toEqual({ status: 'voided' });
    expect(stripe().requests.map(({ method, idempotencyKey }) => [method, idempotencyKey])).toEqual([
      ['POST', 'ten_a:v'],
      ['GET', undefined],
      ['POST', 'ten_a:v:requires_capture'],
    ]);
  });

  test.each([
    ['charge_for_pending_refund_disputed', 'charge_disputed'],
    ['insufficient_funds', 'balance_insufficient'],
    ['expired_or_canceled_card', 'expired_or_canceled_card'],
    ['unknown', 'refund_failed'],
  ])('a refund that failed for %s says %s', async (failure_reason, reason) => {
    const body = { id: 're_1', object: 'refund', status: 'failed', failure_reason, amount: 300, currency: 'eur' };
    stripe().answer({ status: 200, body });
    expect(await gateway().refund({ ...call('ref_1'), ...named })).toEqual({ status: 'rejected', reason });
  });

  test.each([
    ['succeeded', 'refunded'],
    ['pending', 'pending'],
    ['requires_action', 'pending'],
  ])('a refund that is %s is %s', async (status, expected) => {
    stripe().answer({ status: 200, body: { id: 're_1', object: 'refund', status, amount: 300, currency: 'eur' } });
    const amount = { amountMinor: 300, currency: 'EUR' };
    expect(await gateway().refund({ ...call('ref_1'), ...named, amount })).toEqual({
      status: expected,
      refundId: 're_1',
      amount,
    });
    expect(stripe().requests[0]).toMatchObject({ path: '/v1/refunds', idempotencyKey: 'ten_a:ref_1' });
  });

  test('void cancels the intent', async () => {
    stripe().answer(intent({ status: 'canceled' }));
    expect(await gateway().void({ ...call('v'), ...named })).toEqual({ status: 'voided' });
    expect(stripe().requests[0]).toMatchObject({ path: '/v1/payment_intents/pi_1/cancel', idempotencyKey: 'ten_a:v' });
  });
});

test('facts of a card, or that there is none', async () => {
  const at = '2026-11-21T10:00:00Z';
  stripe().answer(
    {
      status: 200,
      body: {
        id: 'pm_1',
        type: 'card',
        customer: 'cus_1',
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
    savedFor: 'cus_1',
  });
  expect(await ask()).toEqual({ status: 'not_found' });
});
