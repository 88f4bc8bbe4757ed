import type { ListingSearch, RemovedListing } from '../../contracts/listings/search';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { indexListings } from '../../services/listings/search/index-listings';
import { markAllDone } from '../../services/outbox';
import type { ApplyRows } from '../relay/apply-inline';

/**
 * Brings the search index to the present state of the listings that changed. The effect comes first, so a row that is
 * done is in the index; applied twice, or late, it changes nothing, because the index compares versions.
 */
export function createIndexListings({ database, search }: { database: Database; search: ListingSearch }): ApplyRows {
  return async (rows) => {
    const deleted = await deletionsAmong(database, rows);
    await indexListings({ database, search, listingIds: rows.map(({ entityId }) => entityId), deleted });
    const rowIds = rows.map(({ _id }) => _id);
    await database.inTransaction(async (session) => {
      const waiting = await database.models.outbox
        .find({ _id: { $in: rowIds }, open: true, pending: 'search' })
        .session(session)
        .lean();
      if (waiting.length > 0) await markAllDone({ database, rows: waiting, consumer: 'search', session });
    });
  };
}

/** Returns the removals of the listings whose last event is among the rows. */
async function deletionsAmong({ models }: Database, rows: readonly OutboxRow[]): Promise<RemovedListing[]> {
  const deletions = await models.events
    .find({ _id: { $in: rows.map(({ eventId }) => eventId ?? '') }, type: 'listing.deleted' })
    .lean();
  return deletions.map(({ entityId: listingId, tenantId, version }) => ({
    listingId,
    tenantId,
    version,
    isDeleted: true,
  }));
}
