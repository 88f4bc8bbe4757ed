import { Schema } from 'mongoose';
import type { PlanTerms } from '../../domain/subscriptions/plan';
import { schemaOptions } from '../schema-options';

/** A plan that can be subscribed to. A plan never changes: another price is another plan. */
export interface Plan extends PlanTerms {
  _id: string;
  tenantId: string;
  version: number;
  correlationId: string;
  createdAt: Date;
  updatedAt: Date;
}

export const planSchema = new Schema<Plan>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    version: { type: Number, required: true },
    correlationId: { type: String, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    name: { type: String, required: true },
    amount: { type: Schema.Types.Mixed, required: true },
    interval: { type: String, required: true },
    intervalCount: { type: Number, required: true },
    trialDays: { type: Number, required: true },
  },
  { ...schemaOptions, collection: 'plans' },
).index({ tenantId: 1, _id: -1 });
