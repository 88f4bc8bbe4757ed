import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentGateway, PaymentMethodResult } from '../clients/gateways/payment-gateway';
import { DomainError } from '../domain/domain-error';
import { cardExpiresAt } from '../domain/payments/card';
import type { CheckPaymentMethod, CheckPaymentMethodInput } from '../http/subscriptions/check-payment-method';
import type { Database } from '../models/database';
import { findGatewayCustomerId } from '../services/payments/gateway-customers';

/** Well below the time in which a request must be answered, so that the gateway never decides if it is. */
export const PAYMENT_METHOD_CHECK_MS = 800;

export interface PaymentMethodCheckInput {
  database: Database;
  gatewayFor: (tenantId: string) => PaymentGateway;
  /** Milliseconds for which a request waits for the gateway. Defaults to `PAYMENT_METHOD_CHECK_MS`. */
  limitMs?: number;
}

/** Returns the check of a payment method when it is given, by the gateway's facts about it. */
export function createPaymentMethodCheck({
  database,
  gatewayFor,
  limitMs = PAYMENT_METHOD_CHECK_MS,
}: PaymentMethodCheckInput): CheckPaymentMethod {
  return async (input) => {
    const asked = gatewayFor(input.tenantId).getPaymentMethod(input);
    // A gateway that is away, slow or misconfigured refuses no payment method.
    const found = await Promise.race([asked.catch(() => null), sleep(limitMs, null, { ref: false })]);
    const problem = found && (await problemOf({ database, input, found }));
    if (problem) throw new DomainError('PAYMENT_METHOD_UNUSABLE', problem, { pointer: '/paymentMethod' });
  };
}

async function problemOf({
  database,
  input: { tenantId, customerId, at },
  found,
}: {
  database: Database;
  input: CheckPaymentMethodInput;
  found: PaymentMethodResult;
}): Promise<string | null> {
  if (found.status === 'not_found') return 'The gateway does not know the payment method: collect it again.';
  const { expMonth: expiryMonth, expYear: expiryYear, savedFor } = found;
  if (Date.parse(at) >= Date.parse(cardExpiresAt({ expiryMonth, expiryYear })))
    return `The card expired at the end of ${expiryMonth}/${expiryYear}: collect a new card.`;
  if (savedFor !== null && savedFor !== (await findGatewayCustomerId({ database, tenantId, customerId })))
    return 'The payment method is saved for another customer: collect it again.';
  return null;
}
