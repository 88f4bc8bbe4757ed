// Bundled and loaded by the measurements of listings: writes what the API would have written in hours.
import { entryOf } from '../../src/clients/search/entry-keys';
import type { Actor } from '../../src/domain/actor';
import { lastDayAfter } from '../../src/domain/listings/duration';
import type { NewContentInput } from '../../src/domain/listings/content';
import { openDatabase } from '../../src/models/database';
import { ensureIndexes } from '../../src/models/ensure-indexes';
import type { Listing } from '../../src/models/listings/listing';
import { insertDocuments } from '../../src/services/insert-documents';
import { newListing } from '../../src/services/listings/accept-listing';
import { findListingSettings } from '../../src/services/listings/partner-settings';
import { searchableOf } from '../../src/services/listings/search/searchable-of';
import { setEnd } from '../../src/services/listings/set-end';
import { seedPartner } from '../../src/testing/worlds/seed-partner';

const BATCH = 1000;
/** A server that is busy with a batch takes connections late. */
const BUSY_MS = 60_000;
const DAY = 86_400_000;

export interface SeedLiveInput {
  tenantId: string;
  count: number;
  /** Whole days from the approval until now. */
  publishedDaysAgo: number;
  /** Days that the listing lives from its approval. */
  durationDays: number;
  /** The content of a listing, by its number from 0; an owner's reference with it where there is one. */
  contentAt: (index: number) => NewContentInput & { ownerRef?: string };
  /** False to leave them out of the search index. Defaults to true. */
  isIndexed?: boolean;
}

const by: Actor = { kind: 'api_key', id: 'bench' };

/** Opens the database at an address for seeds, with its collections and indexes. */
export async function openSeeds({ uri }: { uri: string }) {
  const database = openDatabase({ uri, appName: 'bench', unavailableAfterMs: BUSY_MS });
  await database.connection.asPromise();
  await ensureIndexes(database);
  const { listings, listingSearchEntries } = database.models;

  return {
    /** Writes a partner in UTC. Returns the id of its sandbox tenant. */
    async newTenant(): Promise<string> {
      return (await seedPartner({ database })).tenantId;
    },
    /** Writes listings as an approval and the index leave them. */
    async insertLive(input: SeedLiveInput): Promise<void> {
      const { tenantId, count, publishedDaysAgo, durationDays, contentAt, isIndexed = true } = input;
      const at = new Date(Date.now() - publishedDaysAgo * DAY);
      const settings = await findListingSettings({ database, tenantId });
      const lookups = {
        category: async (slug: string) => ({ slug, attributes: [], price: null }) as never,
        settings: async () => settings,
        hasUser: async () => true,
      };
      const lastDay = lastDayAfter({ at: at.toISOString(), timeZone: settings.timeZone, durationDays });
      const end = setEnd({ lastDay, settings, at });
      const common = { tenantId, ownerUserId: null, ref: null, lastDay: null, correlationId: 'bench' };
      const liveAt = async (index: number): Promise<Listing> => {
        const { ownerRef = null, ...content } = contentAt(index);
        // No two of the same instant, as in practice.
        const publishedAt = new Date(at.getTime() + index);
        const { draft, ...accepted } = await newListing(
          { ...common, ownerRef, content, durationDays, by, at: publishedAt },
          lookups,
        );
        const approved = { state: 'live', version: 4, live: draft, draft: null, publishedAt, approvedAt: publishedAt };
        return { ...accepted, ...approved, ...end } as Listing;
      };
      for (let from = 0; from < count; from += BATCH) {
        const size = Math.min(BATCH, count - from);
        const documents = await Promise.all(Array.from({ length: size }, (_, index) => liveAt(from + index)));
        // Upserts, as the index is written, take the stand-in of MongoDB ten times as long.
        const entries = isIndexed ? documents.map((listing) => entryOf(searchableOf(listing)!)) : [];
        await Promise.all([
          insertDocuments({ model: listings, documents }),
          ...(isIndexed ? [listingSearchEntries.collection.insertMany(entries as never[], { ordered: false })] : []),
        ]);
      }
    },
    close: () => database.close(),
  };
}
