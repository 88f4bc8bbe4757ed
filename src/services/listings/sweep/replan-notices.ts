import type { ClientSession } from 'mongoose';
import { COLLECTED_SETTLE_MS } from '../../../domain/listings/collected-mails';
import { firstNoticeFrom } from '../../../domain/listings/expiry/notices';
import { modes, tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow } from '../../new-outbox-row';
import { markDone } from '../../outbox';
import { findListingSettings } from '../partner-settings';

/**
 * The listings that one write plans anew. Few enough that it ends within a second: it carries one `touchedAt`, by which
 * followers read on.
 */
const SLICE = 200;

export interface OrderReplanInput {
  database: Database;
  /** The transaction that changes the settings. */
  session: ClientSession;
  partnerId: string;
  correlationId: string;
}

/**
 * Orders that the notices of a partner's listings are planned by its new settings: now, and once more when every
 * transaction has ended that may have read the settings before.
 */
export async function orderReplan({ database, session, partnerId, correlationId }: OrderReplanInput): Promise<void> {
  const rows = modes.flatMap((mode) =>
    [0, COLLECTED_SETTLE_MS].map((delayMs) =>
      newOutboxRow({
        tenantId: tenantIdOf({ partnerId, mode }),
        entityType: 'listing',
        entityId: partnerId,
        correlationId,
        pending: ['notices'],
        delayMs,
      }),
    ),
  );
  await insertDocuments({ model: database.models.outbox, documents: rows, session });
}

export interface ReplanNoticesInput {
  database: Database;
  tenantId: string;
  /** The tenant's business time. */
  at: Date;
  /** The writes after which the rest is left to another call. Defaults to no limit. */
  maxSlices?: number;
}

/**
 * Brings the notices that a tenant's listings have planned forward to the first `noticeAt` from now on. The sweep
 * judges each listing there by the settings of the moment: it sends what is due and plans the next. So every notice
 * keeps its time of the day, and none is sent twice, because the listing keeps which reminder was the last. A notice
 * that is planned for an earlier time stays. Returns false where some listings are left.
 */
export async function replanNotices(input: ReplanNoticesInput): Promise<boolean> {
  const { database, tenantId, at, maxSlices = Infinity } = input;
  const { listings } = database.models;
  const settings = await findListingSettings({ database, tenantId });
  const nextNoticeAt = firstNoticeFrom({ at, settings });
  const later = { tenantId, nextNoticeAt: { $gt: nextNoticeAt } };
  for (let slice = 0; slice < maxSlices; slice += 1) {
    const found = await listings.find(later, { _id: 1 }).sort({ nextNoticeAt: 1, _id: 1 }).limit(SLICE).lean();
    const ids = found.map(({ _id }) => _id);
    const plan = (session: ClientSession) =>
      listings.updateMany({ ...later, _id: { $in: ids } }, { $set: { nextNoticeAt } }, { session });
    if (ids.length > 0) await database.inTransaction(plan);
    if (ids.length < SLICE) return true;
  }
  return false;
}

/** Plans a tenant's notices anew where that is ordered and not done: no step of a clock passes it. */
export async function replanWhereOrdered(input: ReplanNoticesInput): Promise<void> {
  const { database, tenantId } = input;
  const rows = await database.models.outbox.find({ tenantId, open: true, pending: 'notices' }, { _id: 1 }).lean();
  if (rows.length === 0) return;
  await replanNotices(input);
  for (const { _id: rowId } of rows) await markDone({ database, rowId, consumer: 'notices' });
}
