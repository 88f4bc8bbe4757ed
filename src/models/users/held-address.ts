import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * The claim of a user to an e-mail address, which no other user of the tenant can have meanwhile. Deleted when the
 * address is released, never updated: not every server frees the key of a unique index by an update (decision 0014).
 */
export interface HeldAddress {
  /** The id of the user. */
  _id: string;
  tenantId: string;
  /** The normalised address. */
  emailKey: string;
}

export const heldAddressSchema = new Schema<HeldAddress>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    emailKey: { type: String, required: true },
  },
  { ...schemaOptions, collection: 'held_addresses' },
).index({ tenantId: 1, emailKey: 1 }, { unique: true, name: 'one_user_per_address' });
