import { Schema } from 'mongoose';
import type { MilestoneKind } from '../../domain/subscriptions/mrr/milestone';
import { schemaOptions } from '../schema-options';

/**
 * The end of a trial, or a turn in the dunning of an invoice, append-only. It is written in the transaction of the
 * step, under an id made of the subscription, its version after the step (6 digits) and the kind.
 */
export interface SubscriptionMilestone {
  _id: string;
  tenantId: string;
  subscriptionId: string;
  kind: MilestoneKind;
  /** Of dunning; null for a trial. */
  invoiceId: string | null;
  planId: string;
  currency: string;
  /** Business time. */
  at: Date;
  /** Real time. */
  recordedAt: Date;
}

export const subscriptionMilestoneSchema = new Schema<SubscriptionMilestone>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    subscriptionId: { type: String, required: true },
    kind: { type: String, required: true },
    invoiceId: { type: String, default: null },
    planId: { type: String, required: true },
    currency: { type: String, required: true },
    at: { type: Date, required: true },
    recordedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'subscription_milestones' },
)
  .index({ tenantId: 1, at: 1, _id: 1 })
  .index({ tenantId: 1, invoiceId: 1, _id: 1 });
