import type StripeSdk from 'stripe';
import type { Money } from '../../../domain/money';
import { GatewayRequestRefused } from '../gateway-errors';
import type { GatewayCallName } from '../gateway-errors';
import type { AuthoriseInput } from '../payment-gateway';
import { toStripeAmount } from './stripe-amount';

/** Metadata under which the key of an authorisation or a refund stands. */
export const CALL_KEY = 'idempotency_key';
/** Metadata under which the key of the capture stands, beside that of its authorisation. */
export const CAPTURE_KEY = 'capture_idempotency_key';

/** Our key as Stripe gets it: led by the tenant, so that tenants cannot meet. */
export const keyAt = (tenantId: string, idempotencyKey: string) => `${tenantId}:${idempotencyKey}`;
/** The options of a call that Stripe acts on once. */
export const keyed = ({ tenantId, idempotencyKey }: { tenantId: string; idempotencyKey: string }) => ({
  idempotencyKey: keyAt(tenantId, idempotencyKey),
});

/**
 * Returns true for a charge that Stripe must make without the customer: nobody is present, and the payment method is
 * saved. A method that is not saved yet is saved by the charge itself, which Stripe does only with the customer.
 */
export const isOffSession = ({ purpose, methodSaved }: AuthoriseInput): boolean =>
  purpose === 'renewal' && methodSaved === true;

/**
 * Returns a confirmed card intent with manual capture.
 * Business time stays out: a repeat may carry another one, and Stripe refuses a key whose parameters changed.
 * @throws GatewayRequestRefused for an amount that Stripe cannot express.
 */
export function intentOf(input: AuthoriseInput, returnUrl: string): StripeSdk.PaymentIntentCreateParams {
  const { amount, paymentMethod, gatewayCustomerId, methodSaved, description, idempotencyKey } = input;
  return {
    ...stripeAmount('authorise', idempotencyKey, amount),
    payment_method: paymentMethod,
    allowed_payment_method_types: ['card'],
    capture_method: 'manual',
    confirm: true,
    ...(isOffSession(input) ? { off_session: true } : { return_url: returnUrl }),
    ...(gatewayCustomerId && { customer: gatewayCustomerId }),
    ...(gatewayCustomerId && !methodSaved && { setup_future_usage: 'off_session' }),
    description,
    metadata: metadataOf(input),
  };
}

/** Metadata by which a call is found again, and the partner's reference. */
export function metadataOf({
  tenantId,
  idempotencyKey,
  reference,
}: {
  tenantId: string;
  idempotencyKey: string;
  reference?: string;
}) {
  return { [CALL_KEY]: keyAt(tenantId, idempotencyKey), tenant_id: tenantId, ...(reference && { reference }) };
}

/** The amount in Stripe's units. @throws GatewayRequestRefused when Stripe cannot express it. */
export function stripeAmount(call: GatewayCallName, idempotencyKey: string, amount: Money) {
  const converted = toStripeAmount(amount);
  if (converted) return converted;
  throw new GatewayRequestRefused({
    call,
    idempotencyKey,
    reason: `Stripe cannot express ${amount.amountMinor} minor units of ${amount.currency}`,
  });
}
