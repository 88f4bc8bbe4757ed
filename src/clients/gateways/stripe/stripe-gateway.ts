import StripeSdk from 'stripe';
import { GatewayOutcomeUnknown, GatewayUnavailable } from '../gateway-errors';
import type { GatewayCallName } from '../gateway-errors';
import type { PaymentGateway, VoidInput, VoidResult } from '../payment-gateway';
import { declineOf, isDecidedByStatus, refundRejectionOf, rejectionOf, stripeFailure } from './stripe-errors';
import { lookUp } from './stripe-look-up';
import { confirmWithCustomer } from './stripe-confirm';
import { createStripeCustomers } from './stripe-customers';
import { CAPTURE_KEY, intentOf, isOffSession, keyAt, keyed, metadataOf, stripeAmount } from './stripe-requests';
import { authoriseResult, captureResult, refundResult, rejectionByStatus, voidResult } from './stripe-results';

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
        const asksCustomer = isOffSession(input) && decline?.reason === 'authentication_required';
        if (asksCustomer && decline.authorisationId)
          return confirmWithCustomer({ stripe, returnUrl, input, intentId: decline.authorisationId });
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
        return captureResult(
          await stripe.paymentIntents.capture(authorisationId, params, keyed(input)),
          idempotencyKey,
        );
      } catch (error) {
        if (isDecidedByStatus(error))
          return rejectionByStatus('capture', idempotencyKey, await intentNow(stripe, input));
        const rejected = rejectionOf(error);
        if (rejected) return rejected;
        throw failure('capture', input, error);
      }
    },

    async void(input) {
      const { authorisationId, idempotencyKey } = input;
      const cancel = async (key: string): Promise<VoidResult> =>
        voidResult(
          await stripe.paymentIntents.cancel(authorisationId, {}, keyed({ ...input, idempotencyKey: key })),
          idempotencyKey,
        );
      try {
        return await cancel(idempotencyKey);
      } catch (error) {
        if (isDecidedByStatus(error)) return voidByStatus(input, await intentNow(stripe, input), cancel);
        const rejected = rejectionOf(error);
        if (rejected) return rejected;
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
        const rejected = refundRejectionOf(error);
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
        const { card, customer } = await stripe.paymentMethods.retrieve(paymentMethod);
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
          savedFor: typeof customer === 'string' ? customer : (customer?.id ?? null),
        };
      } catch (error) {
        if (error instanceof StripeSdk.errors.StripeInvalidRequestError && error.statusCode === 404)
          return { status: 'not_found' };
        throw failure('getPaymentMethod', {}, error);
      }
    },

    customers: createStripeCustomers({ stripe, returnUrl }),
  };
}

const failure = (call: GatewayCallName, { idempotencyKey }: { idempotencyKey?: string }, error: unknown) =>
  stripeFailure({ call, idempotencyKey, error });

/** Returns the current intent. The refused call had no effect, so without a response it is repeated. */
async function intentNow(
  stripe: StripeSdk,
  { authorisationId, idempotencyKey }: VoidInput,
): Promise<StripeSdk.PaymentIntent> {
  try {
    return await stripe.paymentIntents.retrieve(authorisationId);
  } catch (error) {
    throw failure('lookUp', { idempotencyKey }, error);
  }
}

/** The states in which Stripe lets an intent be cancelled, besides the rare `processing`. */
const CANCELLABLE = new Set(['requires_capture', 'requires_action', 'requires_confirmation']);

/**
 * Settles a void that was refused. Under its key Stripe repeats the refusal even if the intent can be cancelled
 * by now; then the void is sent under the key of this state.
 */
async function voidByStatus(
  input: VoidInput,
  intent: StripeSdk.PaymentIntent,
  cancel: (key: string) => Promise<VoidResult>,
): Promise<VoidResult> {
  const { idempotencyKey } = input;
  if (!CANCELLABLE.has(intent.status)) return rejectionByStatus('void', idempotencyKey, intent);
  try {
    return await cancel(`${idempotencyKey}:${intent.status}`);
  } catch (error) {
    if (isDecidedByStatus(error))
      throw new GatewayOutcomeUnknown({
        call: 'void',
        idempotencyKey,
        reason: `the payment intent was ${intent.status}`,
      });
    throw failure('void', input, error);
  }
}

function addressOf(apiBase: string): Pick<StripeSdk.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(apiBase);
  const http = protocol === 'http:';
  // The SDK connects by host name, and an IPv6 address in brackets is not a host name.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port || (http ? 80 : 443), protocol: http ? 'http' : 'https' };
}
