import type StripeSdk from 'stripe';
import { GatewayOutcomeUnknown, GatewayRequestRefused } from '../gateway-errors';
import type { LookUpInput, LookUpResult } from '../payment-gateway';
import { declineReason } from './stripe-errors';
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
      : await findIntent({ stripe, key, idempotencyKey });
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

/** Milliseconds after an intent's creation in which its confirmation with the customer may still be under way. */
const CONFIRM_WITHIN_MS = 60_000;

/**
 * Returns the intent of an authorisation whose id is not known. One that was declined without the customer is confirmed
 * with the customer next, and the search may show its state before that.
 */
async function findIntent({
  stripe,
  key,
  idempotencyKey,
}: FindIntentInput): Promise<StripeSdk.PaymentIntent | undefined> {
  const found = await searchIntent(stripe, key);
  if (!found || !isDeclinedWithoutCustomer(found)) return found;
  const intent = await stripe.paymentIntents.retrieve(found.id);
  // The age is real time: a repeated look-up keeps its business time.
  if (isDeclinedWithoutCustomer(intent) && Date.now() - intent.created * 1000 < CONFIRM_WITHIN_MS)
    throw new GatewayOutcomeUnknown({
      call: 'authorise',
      idempotencyKey,
      reason: 'the confirmation with the customer may be under way',
    });
  return intent;
}

interface FindIntentInput {
  stripe: StripeSdk;
  key: string;
  idempotencyKey: string;
}

const isDeclinedWithoutCustomer = ({ status, last_payment_error: failed }: StripeSdk.PaymentIntent): boolean =>
  status === 'requires_payment_method' && declineReason(failed ?? {}) === 'authentication_required';

async function searchIntent(stripe: StripeSdk, key: string): Promise<StripeSdk.PaymentIntent | undefined> {
  const quoted = key.replace(/["\\]/g, String.raw`\$&`);
  const { data } = await stripe.paymentIntents.search({ query: `metadata["${CALL_KEY}"]:"${quoted}"`, limit: 1 });
  return data[0];
}
