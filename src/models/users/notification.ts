import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

export type NotificationAudience = 'reviewers' | 'operator';

/** A notification of people other than the user; `processed` once it is addressed to each of them. */
export interface Notification {
  _id: string;
  tenantId: string;
  onboardingId: string;
  /** Unique per onboarding, so that a repeated activity records it once. */
  kind: 'approvalRequest' | 'approvalEscalation';
  audience: NotificationAudience;
  state: 'recorded' | 'processed';
  createdAt: Date;
  updatedAt: Date;
}

export const notificationSchema = new Schema<Notification>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    onboardingId: { type: String, required: true },
    kind: { type: String, required: true },
    audience: { type: String, required: true },
    state: { type: String, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'notifications' },
).index({ tenantId: 1, onboardingId: 1, kind: 1 }, { unique: true });
