import { Schema } from 'mongoose';
import type { RecordedMovement } from '../../domain/subscriptions/mrr/rebuild';
import { schemaOptions } from '../schema-options';

/**
 * A change of what a subscription is worth per month, append-only: nothing updates or deletes one. It is written in the
 * transaction of the step that makes the change; its id is made of the subscription and its version after the step
 * (`<subscriptionId>/<version, 6 digits>`), so that a step is in the books once whatever is repeated. Amounts are in
 * minor units of the currency.
 */
export interface MrrMovement extends RecordedMovement {
  tenantId: string;
  subscriptionId: string;
  /** The subscriber: the partner's own reference, or the id of a user of ours. */
  customer: string;
  /** Real time. */
  recordedAt: Date;
}

export const mrrMovementSchema = new Schema<MrrMovement>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    subscriptionId: { type: String, required: true },
    customer: { type: String, required: true },
    currency: { type: String, required: true },
    kind: { type: String, required: true },
    planIdBefore: { type: String, required: true },
    planId: { type: String, required: true },
    beforeMinor: { type: Number, required: true },
    afterMinor: { type: Number, required: true },
    deltaMinor: { type: Number, required: true },
    customerMinor: { type: Number, required: true },
    customerMovement: { type: Number, required: true },
    reason: { type: String, default: null },
    at: { type: Date, required: true },
    recordedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'mrr_movements' },
)
  .index({ tenantId: 1, at: 1, _id: 1 })
  .index({ tenantId: 1, _id: 1 })
  .index(
    { tenantId: 1, customer: 1, currency: 1, customerMovement: 1 },
    { unique: true, name: 'movement_of_customer' },
  );
