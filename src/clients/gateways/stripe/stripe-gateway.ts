import StripeSdk from 'stripe';
import type { Money } from '../../domain/money';
import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from './gateway-errors';
import type { GatewayCallName } from './gateway-errors';
import type {
  AuthoriseInput,
  AuthoriseResult,
  CaptureResult,
  LookUpInput,
  LookUpResult,
  PaymentGateway,
  RefundResult,
  Rejected,
  VoidInput,
} from './payment-gateway';
import { fromStripeAmount, toStripeAmount } from './stripe-amount';
import { declineOf, declineReason, rejectionOf, stripeFailure } from './stripe-errors';

export interface StripeGatewayInput {
  apiKey: string;
  /** Where a customer's bank sends them back to after confirming. */
  returnUrl: string;
  /** Another address than Stripe's own, e.g. `http://127.0.0.1:12111` in tests. */
  apiBase?: string;
  /** For each call. Default 10 s. */
  timeoutMs?: number;
}

/**
 * The gateway of live tenants: payment intents with manual capture.
 *
 * Our key goes out as Stripe's idempotency key, led by the tenant so that tenants cannot meet, and stands in metadata.
 * Stripe answers a repeat with the first result for at least 24 h, which is the sure way to settle an unknown outcome;
 * `lookUp` of an authorisation goes through Stripe's search, which lags by up to a minute (longer during incidents), so
 * its `not_found` means "not seen yet". Look-ups that name the authorisation read it directly and do not lag.
 *
 * The SDK makes no retries but one: after a connection found closed it repeats at once, with the same key.
 */
export function createStripeGateway({
  apiKey,
  returnUrl,
  apiBase,
  timeoutMs = 10_000,
}: StripeGatewayInput): PaymentGateway {
  const stripe = new StripeSdk(apiKey, {
    maxNetworkRetries: 0,
    timeout: timeoutMs,
    telemetry: false,
    ...(apiBase && addressOf(apiBase)),
  });

  return {
    async authorise(input) {
      try {
        return authoriseResult(
          await stripe.paymentIntents.create(intentOf(input, returnUrl), keyed(input)),
          input.idempotencyKey,
        );
      } catch (error) {
        const decline = declineOf(error);
        if (decline) return { status: 'declined', ...decline };
        throw failure('authorise', input, error);
      }
    },

    async capture(input) {
      const { authorisationId, amount, tenantId, idempotencyKey } = input;
      const params = {
        amount_to_capture: amount && stripeAmount('capture', idempotencyKey, amount).amount,
        metadata: { [CAPTURE_KEY]: keyAt(tenantId, idempotencyKey) },
      };
      try {
        return captureResult(await stripe.paymentIntents.capture(authorisationId, params, keyed(input)));
      } catch (error) {
        const rejected = rejectionOf(error);
        if (rejected) return withCaptured(stripe, input, rejected);
        throw failure('capture', input, error);
      }
    },

    async void(input) {
      try {
        await stripe.paymentIntents.cancel(input.authorisationId, {}, keyed(input));
        return { status: 'voided' };
      } catch (error) {
        const rejected = rejectionOf(error);
        if (rejected) return withCaptured(stripe, input, rejected);
        throw failure('void', input, error);
      }
    },

    async refund(input) {
      const { authorisationId, amount, tenantId, idempotencyKey, reference } = input;
      const metadata = metadataOf({ tenantId, idempotencyKey, reference });
      const params = {
        payment_intent: authorisationId,
        amount: amount && stripeAmount('refund', idempotencyKey, amount).amount,
        metadata,
      };
      try {
        return refundResult(await stripe.refunds.create(params, keyed(input)));
      } catch (error) {
        const rejected = rejectionOf(error);
        if (rejected) return rejected;
        throw failure('refund', input, error);
      }
    },

    async lookUp(input) {
      try {
        return await lookUp(stripe, input);
      } catch (error) {
        if (error instanceof GatewayOutcomeUnknown) {
          throw new GatewayUnavailable({
            call: 'lookUp',
            idempotencyKey: input.idempotencyKey,
            reason: 'Stripe has not decided yet',
            cause: error,
          });
        }
        throw failure('lookUp', input, error);
      }
    },

    async getPaymentMethod({ paymentMethod }) {
      try {
        const { card } = await stripe.paymentMethods.retrieve(paymentMethod);
        if (!card) return { status: 'not_found' };
        const funding =
          card.funding === 'credit' || card.funding === 'debit' || card.funding === 'prepaid'
            ? card.funding
            : 'unknown';
        return {
          status: 'found',
          brand: card.brand,
          last4: card.last4,
          expMonth: card.exp_month,
          expYear: card.exp_year,
          funding,
        };
      } catch (error) {
        if (error instanceof StripeSdk.errors.StripeInvalidRequestError && error.statusCode === 404)
          return { status: 'not_found' };
        throw failure('getPaymentMethod', {}, error);
      }
    },
  };
}

const CALL_KEY = 'idempotency_key';
const CAPTURE_KEY = 'capture_idempotency_key';

const keyAt = (tenantId: string, idempotencyKey: string) => `${tenantId}:${idempotencyKey}`;
const keyed = ({ tenantId, idempotencyKey }: { tenantId: string; idempotencyKey: string }) => ({
  idempotencyKey: keyAt(tenantId, idempotencyKey),
});
const failure = (call: GatewayCallName, { idempotencyKey }: { idempotencyKey?: string }, error: unknown) =>
  stripeFailure({ call, idempotencyKey, error });

/** Business time stays out: a repeat may carry another one, and Stripe refuses a key whose parameters changed. */
function intentOf(input: AuthoriseInput, returnUrl: string): StripeSdk.PaymentIntentCreateParams {
  const { amount, paymentMethod, customerId, purpose, description, idempotencyKey } = input;
  const renewal = purpose === 'renewal';
  return {
    ...stripeAmount('authorise', idempotencyKey, amount),
    payment_method: paymentMethod,
    allowed_payment_method_types: ['card'],
    capture_method: 'manual',
    confirm: true,
    ...(renewal ? { off_session: true } : { return_url: returnUrl }),
    ...(customerId?.startsWith('cus_') && { customer: customerId }),
    description,
    metadata: metadataOf(input),
  };
}

function metadataOf({
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

function stripeAmount(call: GatewayCallName, idempotencyKey: string, amount: Money) {
  const converted = toStripeAmount(amount);
  if (converted) return converted;
  throw new GatewayRequestRefused({
    call,
    idempotencyKey,
    reason: `Stripe cannot express ${amount.amountMinor} minor units of ${amount.currency}`,
  });
}

function authoriseResult(intent: StripeSdk.PaymentIntent, idempotencyKey: string): AuthoriseResult {
  const { id: authorisationId, status, amount, currency, last_payment_error: failed } = intent;
  switch (status) {
    case 'requires_capture':
    case 'succeeded':
      return { status: 'authorised', authorisationId, amount: fromStripeAmount(amount, currency) };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      // A challenge with no page of its own cannot be shown to anyone; nothing is held meanwhile.
      return url
        ? { status: 'requires_action', authorisationId, url }
        : { status: 'declined', authorisationId, reason: 'authentication_required' };
    }
    case 'requires_payment_method':
      return { status: 'declined', authorisationId, reason: declineReason(failed ?? {}) };
    case 'canceled':
      // Authorised once and voided since, unless it never got so far.
      return intent.latest_charge
        ? { status: 'authorised', authorisationId, amount: fromStripeAmount(amount, currency) }
        : { status: 'declined', authorisationId, reason: 'voided' };
    default:
      throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: `the payment intent is ${status}` });
  }
}

function captureResult({
  id,
  latest_charge: charge,
  amount_received: amount,
  currency,
}: StripeSdk.PaymentIntent): CaptureResult {
  return {
    status: 'captured',
    captureId: (typeof charge === 'string' ? charge : charge?.id) ?? id,
    amount: fromStripeAmount(amount, currency),
  };
}

function refundResult({ id, status, amount, currency }: StripeSdk.Refund): RefundResult {
  if (status === 'failed' || status === 'canceled') return { status: 'rejected', reason: 'refund_failed' };
  return {
    status: status === 'succeeded' ? 'refunded' : 'pending',
    refundId: id,
    amount: fromStripeAmount(amount, currency),
  };
}

/**
 * Somebody may have captured in Stripe's dashboard, and less than all: then their amount counts. Ours did nothing, so
 * without an answer it is repeated.
 */
async function withCaptured(
  stripe: StripeSdk,
  { authorisationId, idempotencyKey }: VoidInput,
  rejected: Rejected,
): Promise<Rejected> {
  if (rejected.reason !== 'already_captured') return rejected;
  try {
    const { amount_received: amount, currency } = await stripe.paymentIntents.retrieve(authorisationId);
    return { ...rejected, captured: fromStripeAmount(amount, currency) };
  } catch (error) {
    throw failure('lookUp', { idempotencyKey }, error);
  }
}

async function lookUp(
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
    return { status: 'found', operation, result: captureResult(intent) };
  }
  // A cancelled intent carries no key: it can be cancelled once, and whoever did, it is void.
  return intent.status === 'canceled' ? { status: 'found', operation, result: { status: 'voided' } } : notFound;
}

async function searchIntent(stripe: StripeSdk, key: string): Promise<StripeSdk.PaymentIntent | undefined> {
  const quoted = key.replace(/["\\]/g, String.raw`\$&`);
  const { data } = await stripe.paymentIntents.search({ query: `metadata["${CALL_KEY}"]:"${quoted}"`, limit: 1 });
  return data[0];
}

function addressOf(apiBase: string): Pick<StripeSdk.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(apiBase);
  const http = protocol === 'http:';
  return { host: hostname, port: port || (http ? 80 : 443), protocol: http ? 'http' : 'https' };
}
