import { Schema } from 'mongoose';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { schemaOptions } from '../schema-options';

/** No put is under way for so long. */
const DELETED_KEPT_SECONDS = 7 * 24 * 3600;

export const searchEntrySchema = new Schema<SearchEntry>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    version: { type: Number, required: true },
    shown: { type: Boolean },
    keys: { type: [String], required: true },
    weights: { type: String, default: '' },
    category: { type: String, default: null },
    amountMinor: { type: Number, default: null },
    currency: { type: String, default: null },
    ownerRef: { type: String, default: null },
    attributes: { type: Schema.Types.Mixed, required: true },
    attributeTerms: { type: [String], required: true },
    publishedAt: { type: Date, default: null },
    expiresAt: { type: Date, default: null },
    deletedAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'listing_search_entries' },
)
  .index({ tenantId: 1, keys: 1, publishedAt: -1, _id: -1 })
  // The reconciler compares the versions, and reads no document for it.
  .index({ _id: 1, shown: 1, version: 1, tenantId: 1 }, { name: 'versions' })
  .index({ shown: 1, _id: 1, version: 1, tenantId: 1 }, { name: 'shown_versions' })
  .index({ deletedAt: 1 }, { expireAfterSeconds: DELETED_KEPT_SECONDS });
