import type { PaymentGateway } from '../../src/clients/gateways/payment-gateway';
import type { Database } from '../../src/models/database';
import type { Payment } from '../../src/models/payments/payment';
import { findGatewayCustomerId, keepGatewayCustomer } from '../../src/services/payments/gateway-customers';

export interface CustomerOfInput {
  database: Database;
  gateway: PaymentGateway;
  tenantId: string;
  customerId: string;
  /** Business time, ISO 8601. */
  at: string;
  /** Milliseconds for the call that creates the customer. Defaults to the gateway's limit for every call. */
  timeoutMs?: number;
}

/** Returns the gateway's id of a customer, created there once; null at a gateway without customers. */
export async function customerAt({ gateway, timeoutMs, ...customer }: CustomerOfInput): Promise<string | null> {
  const { customers } = gateway;
  if (!customers) return null;
  const { tenantId, at } = customer;
  return keepGatewayCustomer({
    ...customer,
    create: (input) => customers.create({ tenantId, at, timeoutMs, ...input }),
  });
}

export interface MethodOwnerInput {
  database: Database;
  gateway: PaymentGateway;
  payment: Payment;
  /** The gateway's customer for whom the payment method is saved; null for none. */
  savedFor: string | null;
  at: string;
}

/** The customer's side of a charge. It is stored with the payment, so that a repeated call is the same call. */
export interface MethodOwner extends Pick<Payment, 'gatewayCustomerId' | 'methodSaved'> {
  /** True when the payment method is saved for another customer, and can pay for that one alone. */
  isForeign: boolean;
}

/**
 * Returns the gateway's customer who pays, and tells if the payment method is saved for that customer. A charge of a
 * parent is repeated, so its customer is created and its payment method saved; any other charge names the customer only
 * where the payment method is saved already.
 */
export async function methodOwnerOf({
  database,
  gateway,
  payment,
  savedFor,
  at,
}: MethodOwnerInput): Promise<MethodOwner> {
  const { tenantId, customerId, parent } = payment;
  if (customerId === null) return { gatewayCustomerId: null, methodSaved: false, isForeign: savedFor !== null };
  const customer = { database, tenantId, customerId };
  if (parent !== null) {
    const gatewayCustomerId = await customerAt({ ...customer, gateway, at });
    const methodSaved = savedFor !== null && savedFor === gatewayCustomerId;
    return { gatewayCustomerId, methodSaved, isForeign: savedFor !== null && !methodSaved };
  }
  if (savedFor === null) return { gatewayCustomerId: null, methodSaved: false, isForeign: false };
  const methodSaved = savedFor === (await findGatewayCustomerId(customer));
  return { gatewayCustomerId: methodSaved ? savedFor : null, methodSaved, isForeign: !methodSaved };
}
