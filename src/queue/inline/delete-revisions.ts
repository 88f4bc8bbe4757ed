import type { Database } from '../../models/database';
import { deleteInSlices } from '../../services/delete-in-slices';
import { markDone } from '../../services/outbox';
import type { ApplyRows } from '../relay/apply-inline';

/**
 * Deletes the revisions of deleted listings, which may be thousands. Nobody can read them, because the
 * listing is gone, and none is added, because its id is never used again.
 */
export function createDeleteRevisions({ database }: { database: Database }): ApplyRows {
  return async (rows) => {
    for (const { _id: rowId, tenantId, entityId: listingId } of rows) {
      await deleteInSlices({ database, model: database.models.listingRevisions, tenantId, filter: { listingId } });
      await markDone({ database, rowId, consumer: 'revisions' });
    }
  };
}
