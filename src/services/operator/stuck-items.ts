import type { ClientSession } from 'mongoose';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { StuckItem, StuckKind } from '../../models/operator/stuck-item';
import { insertDocuments } from '../insert-documents';

export type OpenStuckItemInput = { database: Database; session?: ClientSession } & Pick<
  StuckItem,
  'tenantId' | 'kind' | 'entityType' | 'entityId' | 'subject' | 'detail'
> &
  Partial<Pick<StuckItem, 'differences'>>;

/**
 * Puts an item on the operator's list: a new occurrence of its subject and kind, or the open one with the new detail.
 * Returns true when the item is new.
 */
export async function openStuckItem({
  database,
  session,
  detail,
  differences = [],
  ...about
}: OpenStuckItemInput): Promise<boolean> {
  const { stuckItems } = database.models;
  const { kind, subject } = about;
  const now = new Date();
  const last = await stuckItems
    .findOne({ kind, subject }, { open: 1, occurrence: 1 })
    .sort({ occurrence: -1 })
    .session(session ?? null)
    .lean();
  if (last?.open) {
    const open = { _id: last._id, open: true } as const;
    const { matchedCount } = await stuckItems.updateOne(
      open,
      { $set: { detail, differences, updatedAt: now } },
      { session },
    );
    if (matchedCount > 0) return false;
  }
  const item: StuckItem = {
    _id: newId('stuckItem'),
    ...about,
    detail,
    differences,
    state: 'open',
    open: true,
    occurrence: (last?.occurrence ?? 0) + 1,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await insertDocuments({ model: stuckItems, documents: [item], session });
    return true;
  } catch (error) {
    // Another caller listed the item at the same moment. That aborts a transaction, which its caller runs again.
    if (!session && isDuplicateKey(error)) return false;
    throw error;
  }
}

export interface MendStuckItemInput {
  database: Database;
  kind: StuckKind | readonly StuckKind[];
  subject: string;
  session?: ClientSession;
}

/** Takes the items whose cause is gone off the operator's list; does nothing where none is open. */
export async function mendStuckItem({ database, kind, subject, session }: MendStuckItemInput): Promise<void> {
  const mend = (within: ClientSession) =>
    database.models.stuckItems.updateMany(
      { kind: { $in: [kind].flat() }, subject, open: true },
      { $set: { state: 'mended', updatedAt: new Date() }, $unset: { open: 1 } },
      { session: within },
    );
  await (session ? mend(session) : database.inTransaction(mend));
}
