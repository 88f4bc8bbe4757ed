import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * What a customer pays per month in a currency: the sum of the customer's MRR movements, updated in the transaction of
 * each. Two subscriptions of one customer that move at the same time therefore follow one another.
 */
export interface CustomerMrr {
  /** `<tenantId>/<currency>/<customer>` */
  _id: string;
  tenantId: string;
  /** In minor units. */
  valueMinor: number;
  /** The number of movements so far. */
  movements: number;
}

export const customerMrrSchema = new Schema<CustomerMrr>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    valueMinor: { type: Number, required: true },
    movements: { type: Number, required: true },
  },
  { ...schemaOptions, collection: 'customer_mrr' },
).index({ tenantId: 1, _id: 1 });
