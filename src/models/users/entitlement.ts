import { Schema } from 'mongoose';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

/** The welcome package that a user is entitled to, under a code of its own. One per onboarding. */
export interface Entitlement extends Entity {
  state: 'active' | 'revoked';
  userId: string;
  onboardingId: string;
  code: string;
}

export const entitlementSchema = new Schema<Entitlement>(
  {
    ...entityFields,
    userId: { type: String, required: true },
    onboardingId: { type: String, required: true },
    code: { type: String, required: true },
  },
  { ...schemaOptions, collection: 'entitlements' },
)
  .index({ tenantId: 1, onboardingId: 1 }, { unique: true })
  .index({ tenantId: 1, code: 1 }, { unique: true });
