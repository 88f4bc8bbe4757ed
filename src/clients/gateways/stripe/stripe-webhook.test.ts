import StripeSdk from 'stripe';
import type { GatewayNotice } from '../../../contracts/payments/gateway-notice';
import { stripeReport, verifyStripeEvent } from './stripe-webhook';

const SECRET = 'whsec_stripe_test';
const NOW_MS = Date.parse('2026-11-21T10:00:00Z');
const payload = (object: object) =>
  JSON.stringify({ id: 'evt_1', object: 'event', type: 'payment_intent.amount_capturable_updated', data: { object } });
const INTENT = payload({
  id: 'pi_1',
  object: 'payment_intent',
  metadata: { tenant_id: 'ten_a', idempotency_key: 'ten_a:pay_1:authorise:1' },
});
const sign = (body: string, offsetS = 0, secret = SECRET) =>
  StripeSdk.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: NOW_MS / 1000 + offsetS });
const verify = (body: string, signature: string | undefined) =>
  verifyStripeEvent(Buffer.from(body), signature, SECRET, NOW_MS);

test('a signed event is taken within 300 s either way and says which call of ours it is about', () => {
  for (const offsetS of [0, -300, 300]) {
    expect(stripeReport(verify(INTENT, sign(INTENT, offsetS)))).toEqual({
      eventId: 'evt_1',
      type: 'payment_intent.amount_capturable_updated',
      tenantId: 'ten_a',
      idempotencyKey: 'pay_1:authorise:1',
      authorisationId: 'pi_1',
    });
  }
});

test.each([
  ['too old', INTENT, sign(INTENT, -301)],
  ['from the future', INTENT, sign(INTENT, 301)],
  ['changed', INTENT.replace('ten_a', 'ten_b'), sign(INTENT)],
  ['signed with another secret', INTENT, sign(INTENT, 0, 'whsec_other')],
  ['signed by nobody', INTENT, undefined],
  ['signed with nonsense', INTENT, 't=,v1='],
])('an event that is %s is refused', (_name, body, signature) => {
  expect(() => verify(body, signature)).toThrow(/Webhook refused/);
});

test("a refund names its intent; an event that is not ours is nobody's", () => {
  const refund = payload({
    id: 're_1',
    object: 'refund',
    payment_intent: 'pi_1',
    metadata: { tenant_id: 'ten_a', idempotency_key: 'ten_a:ref_1' },
  });
  expect(stripeReport(verify(refund, sign(refund)))).toMatchObject({
    idempotencyKey: 'ref_1',
    authorisationId: 'pi_1',
  });
  for (const [status, refundFailed] of [
    ['failed', true],
    ['canceled', true],
    ['succeeded', undefined],
    ['pending', undefined],
  ] as const) {
    const event = refund.replace('"object":"refund"', `"object":"refund","status":"${status}"`);
    expect(stripeReport(verify(event, sign(event)))).toHaveProperty('authorisationId', 'pi_1');
    expect((stripeReport(verify(event, sign(event))) as GatewayNotice).refundFailed).toBe(refundFailed);
  }
  const foreign = payload({ id: 'pi_2', object: 'payment_intent', metadata: {} });
  expect(stripeReport(verify(foreign, sign(foreign)))).toBe('foreign');
});

test('a setup intent says if its payment method is saved; while Stripe is undecided it says nothing', () => {
  const setup = (more: object) => ({
    id: 'evt_1',
    type: 'setup_intent.succeeded',
    created: 1,
    data: {
      object: {
        id: 'seti_1',
        object: 'setup_intent',
        metadata: { tenant_id: 'ten_a', idempotency_key: 'ten_a:sub_1:save:first' },
        ...more,
      },
    },
  });
  expect(stripeReport(setup({ status: 'succeeded' }))).toEqual({
    kind: 'method',
    eventId: 'evt_1',
    type: 'setup_intent.succeeded',
    tenantId: 'ten_a',
    idempotencyKey: 'sub_1:save:first',
    setupId: 'seti_1',
    state: 'saved',
    reason: null,
    url: null,
  });
  expect(stripeReport(setup({ status: 'processing' }))).toBe('foreign');
  expect(stripeReport(setup({ status: 'succeeded', metadata: {} }))).toBe('foreign');
});

test.each([
  ['a thin event', JSON.stringify({ id: 'evt_1', object: 'v2.core.event', type: 'v1.billing.meter.no_meter_found' })],
  ['no JSON', 'hello'],
  ['null', 'null'],
])('%s with a valid signature has an unknown form', (_name, body) => {
  expect(stripeReport(verify(body, sign(body)))).toBe('unknown_form');
});

test.each([
  ['warning_needs_response', 'inquiry'],
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['of tomorrow', 'inquiry'],
])('a dispute with the status %s is %s', (status, standing) => {
  const dispute = { id: 'dp_1', object: 'dispute', payment_intent: 'pi_1', amount: 500, currency: 'eur', status };
  const event = { id: 'evt_1', type: 'charge.dispute.created', created: 1, data: { object: dispute } };
  expect(stripeReport(event)).toMatchObject({ kind: 'dispute', warningId: 'dp_1', standing });
  const unnamed = { ...event, data: { object: { ...dispute, payment_intent: null } } };
  expect(stripeReport(unnamed)).toBe('foreign');
});
