import type { ClientSession } from 'mongoose';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { StuckItem, StuckKind } from '../../models/operator/stuck-item';

export type OpenStuckItemInput = { database: Database; session?: ClientSession } & Pick<
  StuckItem,
  'tenantId' | 'kind' | 'entityType' | 'entityId' | 'subject' | 'detail'
>;

/** Puts an item on the operator's list; a repeated finding keeps the same item. Returns true when the item is new. */
export async function openStuckItem({
  database,
  session,
  kind,
  subject,
  detail,
  ...about
}: OpenStuckItemInput): Promise<boolean> {
  const now = new Date();
  try {
    const { upsertedCount } = await database.models.stuckItems.updateOne(
      { kind, subject, open: true },
      {
        $set: { detail, updatedAt: now },
        $setOnInsert: { _id: newId('stuckItem'), ...about, state: 'open', createdAt: now },
      },
      { upsert: true, session },
    );
    return upsertedCount > 0;
  } catch (error) {
    // Another caller listed the item at the same moment. That aborts a transaction, which its caller runs again.
    if (!session && isDuplicateKey(error)) return false;
    throw error;
  }
}

export interface MendStuckItemInput {
  database: Database;
  kind: StuckKind;
  subject: string;
  session?: ClientSession;
}

/** Takes an item whose cause is gone off the operator's list; does nothing where none is open. */
export async function mendStuckItem({ database, kind, subject, session }: MendStuckItemInput): Promise<void> {
  await database.models.stuckItems.updateOne(
    { kind, subject, open: true },
    { $set: { state: 'mended', updatedAt: new Date() }, $unset: { open: 1 } },
    { session },
  );
}
