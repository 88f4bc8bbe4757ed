import { Schema, type Connection, type Model } from 'mongoose';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { schemaOptions } from '../schema-options';

const COLLECTION = 'listing_search_entries';
const BESIDE = 'listing_search_entries_next';

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
  { ...schemaOptions, collection: COLLECTION },
)
  .index({ tenantId: 1, keys: 1, publishedAt: -1, _id: -1 })
  // The reconciler compares the versions, and reads no document for it.
  .index({ _id: 1, shown: 1, version: 1, tenantId: 1 }, { name: 'versions' })
  .index({ shown: 1, _id: 1, version: 1, tenantId: 1 }, { name: 'shown_versions' })
  // A sweep takes out what is over, of one tenant or of all.
  .index({ shown: 1, expiresAt: 1, _id: 1 })
  .index({ tenantId: 1, shown: 1, expiresAt: 1, _id: 1 })
  .index({ deletedAt: 1 }, { expireAfterSeconds: DELETED_KEPT_SECONDS });

/** Returns the model of the entries that are built beside those that searches use. */
export const entriesBeside = (connection: Connection): Model<SearchEntry> =>
  connection.model<SearchEntry>('ListingSearchEntryBeside', searchEntrySchema, BESIDE);

/** Drops what an earlier rebuild that was killed has left beside. */
export async function dropEntriesBeside(connection: Connection): Promise<void> {
  const found = await connection.listCollections();
  if (found.some(({ name }) => name === BESIDE)) await connection.dropCollection(BESIDE);
}

/** Puts the entries that were built beside, with their indexes, in the place of those that searches use. */
export async function swapEntries(connection: Connection): Promise<void> {
  await connection.collection(BESIDE).rename(COLLECTION, { dropTarget: true });
}
