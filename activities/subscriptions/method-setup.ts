import type { PaymentGateway } from '../../src/clients/gateways/payment-gateway';
import type { Database } from '../../src/models/database';
import type { MethodSetup, Subscription } from '../../src/models/subscriptions/subscription';
import { isGatewayError } from '../payments/gateway-reports';
import { customerAt } from '../payments/payment-customer';

/** A command's sender waits two seconds for its outcome, so the gateway gets less. */
export const COMMAND_SETUP_MS = 1500;
const MIN_CALL_MS = 200;

export interface SetUpMethodInput {
  database: Database;
  gateway: PaymentGateway;
  subscription: Subscription;
  paymentMethod: string;
  /** Names the occasion: the gateway saves the payment method once for it. */
  occasion: string;
  /** Business time, ISO 8601. */
  at: string;
  /** Milliseconds for all calls together. Defaults to the gateway's own limit for each. */
  timeoutMs?: number;
}

/**
 * Saves a payment method at the gateway for charges without the customer, and returns how that stands; null at a
 * gateway that needs nothing saved. A gateway that does not answer keeps nobody waiting: the result is `pending`, and
 * the next charge saves the payment method.
 */
export async function setUpMethod(input: SetUpMethodInput): Promise<MethodSetup | null> {
  const { database, gateway, subscription, paymentMethod, occasion, at, timeoutMs } = input;
  const { _id, tenantId } = subscription;
  const customerId = subscription.customerId ?? subscription.userId;
  if (!gateway.customers || customerId === null) return null;
  const key = `${_id}:save:${occasion}`;
  const begun = performance.now();
  const leftMs = () => timeoutMs && Math.max(MIN_CALL_MS, timeoutMs - (performance.now() - begun));
  try {
    const gatewayCustomerId = await customerAt({ database, gateway, tenantId, customerId, at, timeoutMs });
    if (gatewayCustomerId === null) return null;
    const result = await gateway.customers.saveMethod({
      tenantId,
      at,
      idempotencyKey: key,
      gatewayCustomerId,
      paymentMethod,
      reference: _id,
      timeoutMs: leftMs(),
    });
    return {
      state: result.status,
      key,
      reason: result.status === 'declined' ? result.reason : null,
      url: result.status === 'requires_action' ? result.url : null,
    };
  } catch (error) {
    const isUndecided = isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
    if (isUndecided) return { state: 'pending', key, reason: null, url: null };
    throw error;
  }
}
