import { Schema } from 'mongoose';
import type { Money } from '../../domain/money';
import type { RefundState } from '../../domain/payments/refund';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

/** Captured money on its way back to the customer. The amount is reserved on the payment from the acceptance on. */
export interface Refund extends Entity {
  state: RefundState;
  paymentId: string;
  amount: Money;
  /** The entity that ordered the refund, such as a subscription; null where the partner did. */
  parentId: string | null;
  /** In the partner's words. */
  reason: string | null;
  /**
   * The reason of the failure: a code. `failed_after_success`: the gateway had reported success before.
   */
  failure: string | null;
  /**
   * True when the gateway has reported the failure of a refund that is still `pending` here: an earlier report of
   * success no longer counts.
   */
  failureReported: boolean;
}

export const refundSchema = new Schema<Refund>(
  {
    ...reconciledFields,
    paymentId: { type: String, required: true },
    amount: { type: Schema.Types.Mixed, required: true },
    parentId: { type: String, default: null },
    reason: { type: String, default: null },
    failure: { type: String, default: null },
    failureReported: { type: Boolean, default: false },
  },
  { ...reconciledOptions, collection: 'refunds' },
)
  .index({ tenantId: 1, paymentId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, _id: -1 })
  .index({ tenantId: 1, parentId: 1, _id: -1 }, { partialFilterExpression: { parentId: { $type: 'string' } } })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' });
