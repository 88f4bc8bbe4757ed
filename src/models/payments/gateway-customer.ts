import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/** A customer at the gateway, for whom it saves payment methods: one for each customer of a tenant. */
export interface GatewayCustomer {
  /** `gcu_…`: the key under which the customer is created at the gateway. */
  _id: string;
  tenantId: string;
  /** The partner's own reference, or the id of a user of ours. */
  customerId: string;
  /** The gateway's id, `cus_…`; null until the gateway has returned it. */
  gatewayCustomerId: string | null;
  /** Business time. */
  createdAt: Date;
}

export const gatewayCustomerSchema = new Schema<GatewayCustomer>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    customerId: { type: String, required: true },
    gatewayCustomerId: { type: String, default: null },
    createdAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'gateway_customers' },
).index({ tenantId: 1, customerId: 1 }, { unique: true });
