import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/**
 * One of the slots of a category. A transaction that puts a listing into the category writes one of them, and the one
 * that deletes the category writes them all: of two that do not see each other one is tried again, while listings are
 * created side by side.
 */
export interface CategorySlot {
  /** See {@link slotIdsOf}. */
  _id: string;
  tenantId: string;
  /** The number of transactions that wrote the slot. */
  uses: number;
}

const SLOTS = 32;

/** Returns the ids of the slots of a category. */
export const slotIdsOf = (categoryId: string): string[] =>
  Array.from({ length: SLOTS }, (_, slot) => `${categoryId}/${slot}`);

export const categorySlotSchema = new Schema<CategorySlot>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    uses: { type: Number, required: true },
  },
  { ...schemaOptions, collection: 'listing_category_slots' },
).index({ tenantId: 1 });
