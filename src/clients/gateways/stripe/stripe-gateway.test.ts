import { GatewayUnavailable } from '../gateway-errors';
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

  test.each([
    ['already_voided', { code: 'payment_intent_unexpected_state', payment_intent: { id: 'pi_1', status: 'canceled' } }],
    ['amount_too_large', { code: 'amount_too_large' }],
  ])('a broken rule is a value: %s', async (reason, error) => {
    stripe().answer(refused(400, { type: 'invalid_request_error', message: 'no', ...error }));
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
        stripe().answer(error, intent({ status: 'succeeded', amount_received: 40 }));
        expect(await gateway()[ask]({ ...call(ask), ...named })).toEqual(rejected);
        expect(stripe().requests.at(-1)).toMatchObject({ method: 'GET', path: '/v1/payment_intents/pi_1' });
        stripe().answer(error, 'disconnect');
        await expect(gateway()[ask]({ ...call(ask), ...named })).rejects.toBeInstanceOf(GatewayUnavailable);
      }
    },
  );

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
