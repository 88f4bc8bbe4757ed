import { Schema } from 'mongoose';
import type { Money } from '../../domain/money';
import type { RefundState } from '../../domain/payments/refund';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

/** Captured money on its way back to the customer. The amount is reserved on the payment from the acceptance on. */
export interface Refund extends Entity {
  state: RefundState;
  paymentId: string;
  amount: Money;
  /** In the partner's words. */
  reason: string | null;
  /**
   * The reason of the failure: a code. `failed_after_success`: the gateway had reported success before.
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
