import { Schema } from 'mongoose';
import type { UserStatus } from '../../domain/users/user';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

export interface Profile {
  displayName: string | null;
  company: string | null;
  phone: string | null;
  jobTitle: string | null;
  website: string | null;
}

export interface User extends Entity {
  state: UserStatus;
  onboardingId: string;
  email: string;
  /** The normalised address, by which users are found; a `HeldAddress` keeps it from other users. */
  emailKey: string;
  name: string;
  locale: string;
  timeZone: string;
  profile: Profile | null;
  metadata: Record<string, string>;
}

export const userSchema = new Schema<User>(
  {
    ...entityFields,
    onboardingId: { type: String, required: true },
    email: { type: String, required: true },
    emailKey: { type: String, required: true },
    name: { type: String, required: true },
    locale: { type: String, required: true },
    timeZone: { type: String, required: true },
    profile: { type: Schema.Types.Mixed, default: null },
    metadata: { type: Schema.Types.Mixed, required: true },
  },
  { ...schemaOptions, collection: 'users' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, emailKey: 1, createdAt: -1, _id: -1 });
