import { Schema } from 'mongoose';
import type { Money } from '../../domain/money';
import type { RefundState } from '../../domain/payments/refund';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

/** Money on its way back. Its amount is reserved on the payment from the moment it is accepted. */
export interface Refund extends Entity {
  state: RefundState;
  paymentId: string;
  amount: Money;
  /** In the partner's words. */
  reason: string | null;
  /**
   * Why it failed: a code. `failed_after_success`: the gateway had called it done before.
   */
  failure: string | null;
}

export const refundSchema = new Schema<Refund>(
  {
    ...entityFields,
    paymentId: { type: String, required: true },
    amount: { type: Schema.Types.Mixed, required: true },
    reason: { type: String, default: null },
    failure: { type: String, default: null },
  },
  { ...schemaOptions, collection: 'refunds' },
)
  .index({ tenantId: 1, paymentId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, _id: -1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' });
