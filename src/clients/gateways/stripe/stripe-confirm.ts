import type StripeSdk from 'stripe';
import type { AuthoriseInput, AuthoriseResult } from '../payment-gateway';
import { declineOf, stripeFailure } from './stripe-errors';
import { keyed } from './stripe-requests';
import { authoriseResult } from './stripe-results';

export interface ConfirmWithCustomerInput {
  stripe: StripeSdk;
  returnUrl: string;
  input: AuthoriseInput;
  /** The intent that the bank declined because the customer was not present. */
  intentId: string;
}

/**
 * Confirms an intent once more, with the customer: the bank requires it after a charge without the customer. Returns
 * the page where the customer confirms, usually.
 * Source: support.stripe.com, "Manual confirmation for off-session payments requiring Strong Customer Authentication".
 */
export async function confirmWithCustomer({
  stripe,
  returnUrl,
  input,
  intentId,
}: ConfirmWithCustomerInput): Promise<AuthoriseResult> {
  const { tenantId, idempotencyKey, paymentMethod } = input;
  try {
    const intent = await stripe.paymentIntents.confirm(
      intentId,
      { payment_method: paymentMethod, return_url: returnUrl },
      keyed({ tenantId, idempotencyKey: `${idempotencyKey}:confirm` }),
    );
    return authoriseResult(intent, idempotencyKey);
  } catch (error) {
    const decline = declineOf(error);
    if (decline) return { status: 'declined', ...decline };
    throw stripeFailure({ call: 'authorise', idempotencyKey, error });
  }
}
