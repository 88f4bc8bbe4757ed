import StripeSdk from 'stripe';
import { WebhookSignatureInvalid } from '../gateway-errors';
import type { GatewayNotice } from '../../../contracts/payments/gateway-notice';

const TOLERANCE_S = 300;

/**
 * Checks a Stripe webhook (`Stripe-Signature`, ±300 s of our real time) and returns its event.
 * `rawBody` is the body exactly as received.
 * @throws WebhookSignatureInvalid
 */
export function verifyStripeEvent(
  rawBody: Buffer,
  signature: string | undefined,
  secret: string,
  nowMs = Date.now(),
): StripeSdk.Event {
  // The SDK refuses what is too old, not what comes from the future.
  const signedAtS = Number(/(?:^|,)\s*t=(\d{1,12})(?:,|$)/.exec(signature ?? '')?.[1] ?? Number.NaN);
  if (!(signedAtS - nowMs / 1000 <= TOLERANCE_S)) {
    throw new WebhookSignatureInvalid(
      `Stripe-Signature is missing or its time is more than ${TOLERANCE_S} s ahead of our clock`,
    );
  }
  try {
    return StripeSdk.webhooks.constructEvent(rawBody, signature ?? '', secret, TOLERANCE_S, undefined, nowMs);
  } catch (cause) {
    throw new WebhookSignatureInvalid('the signature does not fit, is too old, or the body is not an event', { cause });
  }
}

/** What an event about a payment or refund of ours is about; undefined for any other event. */
export function stripeNotice(event: StripeSdk.Event): GatewayNotice | undefined {
  const object = event.data.object as {
    object?: string;
    id: string;
    status?: string;
    payment_intent?: string | { id: string } | null;
    metadata?: StripeSdk.Metadata | null;
  };
  const { tenant_id: tenantId, idempotency_key: key } = object.metadata ?? {};
  const intent = object.object === 'payment_intent' ? object.id : object.payment_intent;
  const authorisationId = typeof intent === 'string' ? intent : intent?.id;
  if (!tenantId || !key?.startsWith(`${tenantId}:`) || !authorisationId) return undefined;
  // Stripe sends `refund.failed`, `refund.updated` and, where the account is older, `charge.refund.updated`: the state
  // says it in all of them.
  const refundFailed = object.object === 'refund' && ['failed', 'canceled'].includes(object.status ?? '');
  return {
    eventId: event.id,
    type: event.type,
    tenantId,
    idempotencyKey: key.slice(tenantId.length + 1),
    authorisationId,
    ...(refundFailed && { refundFailed }),
  };
}
