import type StripeSdk from 'stripe';
import { GatewayRequestRefused } from '../gateway-errors';
import type { LookUpInput, LookUpResult } from '../payment-gateway';
import { CALL_KEY, CAPTURE_KEY, keyAt } from './stripe-requests';
import { authoriseResult, captureResult, refundResult } from './stripe-results';

/**
 * Returns what became of an earlier call, read from the intent or the refund itself; an authorisation whose id is not
 * known is searched for, and the search lags.
 * @throws GatewayOutcomeUnknown while Stripe has not decided, and Stripe's own errors.
 */
export async function lookUp(
  stripe: StripeSdk,
  { tenantId, idempotencyKey, operation, authorisationId }: LookUpInput,
): Promise<LookUpResult> {
  const key = keyAt(tenantId, idempotencyKey);
  const notFound: LookUpResult = { status: 'not_found' };
  if (operation === 'authorise') {
    const intent = authorisationId
      ? await stripe.paymentIntents.retrieve(authorisationId)
      : await searchIntent(stripe, key);
    if (intent?.metadata[CALL_KEY] !== key) return notFound;
    return { status: 'found', operation, result: authoriseResult(intent, idempotencyKey) };
  }
  if (!authorisationId) {
    throw new GatewayRequestRefused({
      call: 'lookUp',
      idempotencyKey,
      reason: `authorisationId is needed to look up a ${operation}`,
    });
  }
  if (operation === 'refund') {
    for await (const refund of stripe.refunds.list({ payment_intent: authorisationId, limit: 100 })) {
      if (refund.metadata?.[CALL_KEY] === key) return { status: 'found', operation, result: refundResult(refund) };
    }
    return notFound;
  }
  const intent = await stripe.paymentIntents.retrieve(authorisationId);
  if (operation === 'capture') {
    if (intent.status !== 'succeeded' || intent.metadata[CAPTURE_KEY] !== key) return notFound;
    return { status: 'found', operation, result: captureResult(intent, idempotencyKey) };
  }
  // A cancelled intent carries no key: it can be cancelled once, and whoever did, it is void.
  return intent.status === 'canceled' ? { status: 'found', operation, result: { status: 'voided' } } : notFound;
}

async function searchIntent(stripe: StripeSdk, key: string): Promise<StripeSdk.PaymentIntent | undefined> {
  const quoted = key.replace(/["\\]/g, String.raw`\$&`);
  const { data } = await stripe.paymentIntents.search({ query: `metadata["${CALL_KEY}"]:"${quoted}"`, limit: 1 });
  return data[0];
}
