import { hash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { Database } from '../../../models/database';
import { isDuplicateKey } from '../../../models/duplicate-key';
import { insertDocuments } from '../../insert-documents';

/** An item of a batch that was carried out. */
export interface KeptItem {
  index: number;
  outcome: 'created' | 'updated' | 'unchanged';
  listingId: string;
}

/** A batch under its Idempotency-Key: the command's id is the same in every attempt. */
export interface Batch {
  tenantId: string;
  commandId: string;
  fingerprint: string;
}

const recordIdOf = ({ tenantId, commandId }: Batch, index: number): string =>
  hash('sha256', `${tenantId}\0${commandId}\0${index}`);

export interface FindKeptItemsInput {
  database: Pick<Database, 'models'>;
  batch: Batch;
  items: readonly { index: number }[];
}

/** Returns those of the items that another attempt has carried out. */
export async function findKeptItems({ database, batch, items }: FindKeptItemsInput): Promise<KeptItem[]> {
  const ids = items.map(({ index }) => recordIdOf(batch, index));
  const records = await database.models.idempotency
    .find({ _id: { $in: ids }, tenantId: batch.tenantId }, { reply: 1 })
    .lean();
  return records.map(({ reply }) => reply!.body as KeptItem);
}

/** Thrown to take back a transaction whose items another attempt has carried out. */
export class AlreadyKept extends Error {}

export interface KeepItemsInput {
  database: Pick<Database, 'models'>;
  session: ClientSession;
  batch: Batch;
  items: readonly KeptItem[];
}

/**
 * Records items within the transaction that carries them out.
 * @throws AlreadyKept where another attempt has carried out one of them
 */
export async function keepItems({ database, session, batch, items }: KeepItemsInput): Promise<void> {
  const { tenantId, commandId, fingerprint } = batch;
  const now = new Date();
  const documents = items.map((item) => ({
    _id: recordIdOf(batch, item.index),
    tenantId,
    fingerprint,
    commandId,
    reply: { status: 200, headers: {}, body: item },
    lockedUntil: now,
    createdAt: now,
  }));
  try {
    await insertDocuments({ model: database.models.idempotency, documents, session });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new AlreadyKept();
  }
}
