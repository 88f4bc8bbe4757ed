import { startFakeStripe } from './fake-stripe';
import type { FakeAnswer, FakeStripe } from './fake-stripe';
import { createStripeGateway } from './stripe-gateway';

/**
 * Registers a Stripe of its own for each test of the file, which the test scripts. Returns it, and a gateway that talks
 * to it.
 */
export function useFakeStripe(open = () => startFakeStripe()) {
  let stripe: FakeStripe;
  beforeEach(async () => {
    stripe = await open();
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
  return { stripe: (): FakeStripe => stripe, gateway };
}

/** The facts that every call carries. */
export const call = (idempotencyKey: string) => ({ tenantId: 'ten_a', at: '2026-11-21T10:00:00Z', idempotencyKey });
/** An authorisation as it is asked of the gateway. */
export const charge = {
  ...call('pay_1:authorise:1'),
  amount: { amountMinor: 1050, currency: 'EUR' },
  paymentMethod: 'pm_card_visa',
  reference: 'pay_1',
};
/** The key of `charge`, as it goes out. */
export const KEY = 'ten_a:pay_1:authorise:1';

/** Stripe's reply with a payment intent, held unless `more` says otherwise. */
export const intent = (more: object = {}): FakeAnswer => ({
  status: 200,
  body: {
    id: 'pi_1',
    object: 'payment_intent',
    status: 'requires_capture',
    amount: 1050,
    amount_capturable: 1050,
    amount_received: 0,
    currency: 'eur',
    latest_charge: 'ch_1',
    metadata: { idempotency_key: KEY, tenant_id: 'ten_a' },
    ...more,
  },
});
/** Stripe's reply with an error. */
export const refused = (status: number, error: object): FakeAnswer => ({ status, body: { error } });
