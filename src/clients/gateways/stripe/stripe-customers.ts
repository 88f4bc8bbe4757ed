import type StripeSdk from 'stripe';
import { GatewayUnavailable } from '../gateway-errors';
import type { CreateCustomerInput, GatewayCustomers, SaveMethodInput } from '../payment-gateway';
import { declineOf, stripeFailure } from './stripe-errors';
import { keyed, metadataOf } from './stripe-requests';
import { saveResult } from './stripe-results';

export interface StripeCustomersInput {
  stripe: StripeSdk;
  /** Where a customer's bank sends them back to after confirming. */
  returnUrl: string;
}

/**
 * Stripe's customers. Stripe charges a payment method a second time only when it is saved for a customer: by a
 * SetupIntent, as here, or by a first charge with `setup_future_usage`.
 * Source: docs.stripe.com/payments/save-and-reuse.
 */
export function createStripeCustomers({ stripe, returnUrl }: StripeCustomersInput): GatewayCustomers {
  return {
    async create(input) {
      const { idempotencyKey } = input;
      try {
        const { id } = await stripe.customers.create({ metadata: metadataOf(input) }, optionsOf(input));
        return { gatewayCustomerId: id };
      } catch (error) {
        throw stripeFailure({ call: 'createCustomer', idempotencyKey, error });
      }
    },

    async saveMethod(input) {
      const { gatewayCustomerId, paymentMethod, idempotencyKey } = input;
      const params: StripeSdk.SetupIntentCreateParams = {
        customer: gatewayCustomerId,
        payment_method: paymentMethod,
        allowed_payment_method_types: ['card'],
        usage: 'off_session',
        confirm: true,
        return_url: returnUrl,
        metadata: metadataOf(input),
      };
      try {
        const intent = await stripe.setupIntents.create(params, optionsOf(input));
        const result = saveResult(intent);
        if (result) return result;
        throw new GatewayUnavailable({
          call: 'saveMethod',
          idempotencyKey,
          reason: `the setup intent is ${intent.status}`,
        });
      } catch (error) {
        const decline = declineOf(error);
        if (decline) return { status: 'declined', reason: decline.reason };
        throw error instanceof GatewayUnavailable
          ? error
          : stripeFailure({ call: 'saveMethod', idempotencyKey, error });
      }
    },
  };
}

const optionsOf = (input: CreateCustomerInput | SaveMethodInput): StripeSdk.RequestOptions => ({
  ...keyed(input),
  ...(input.timeoutMs === undefined ? {} : { timeout: input.timeoutMs }),
});
