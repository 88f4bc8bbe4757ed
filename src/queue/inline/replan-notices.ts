import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { createClock } from '../../services/clock';
import { insertDocuments } from '../../services/insert-documents';
import { replanNotices } from '../../services/listings/sweep/replan-notices';
import { newOutboxRow } from '../../services/new-outbox-row';
import { markDone } from '../../services/outbox';
import type { ApplyRows } from '../relay/apply-inline';

export interface ReplanNoticesDependencies {
  database: Database;
  /** The slices of listings that are written in a call, one for each row at least. Defaults to 50. */
  maxSlices?: number;
}

/**
 * Plans the notices of a tenant's listings by the settings that its partner has changed. Of very many listings each row
 * does a part and leaves the rest to a new row, which waits behind the rows of other consumers.
 */
export function createReplanNotices({ database, maxSlices = 50 }: ReplanNoticesDependencies): ApplyRows {
  const clock = createClock({ database });
  return async (rows) => {
    const slicesOfRow = Math.max(1, Math.floor(maxSlices / rows.length));
    for (const row of rows) {
      const { _id: rowId, tenantId } = row;
      const isDone = await replanNotices({
        database,
        tenantId,
        at: await clock.now(tenantId),
        maxSlices: slicesOfRow,
      });
      if (isDone) await markDone({ database, rowId, consumer: 'notices' });
      else await leaveRest(database, row);
    }
  };
}

/** Replaces a row by a new one, unless another relay has done so. */
async function leaveRest(database: Database, { _id: rowId, ...row }: OutboxRow): Promise<void> {
  const { tenantId, entityType, entityId, correlationId } = row;
  const rest = newOutboxRow({ tenantId, entityType, entityId, correlationId, pending: ['notices'] });
  await database.inTransaction(async (session) => {
    if (await markDone({ database, rowId, consumer: 'notices', session }))
      await insertDocuments({ model: database.models.outbox, documents: [rest], session });
  });
}
