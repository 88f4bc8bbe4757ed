import type { ClientSession } from 'mongoose';
import type { Posting } from '../../domain/payments/ledger';
import type { Database } from '../../models/database';
import { insertDocuments } from '../insert-documents';

export interface InsertPostingsInput {
  database: Database;
  /** The transaction of the step that the postings belong to. */
  session: ClientSession;
  tenantId: string;
  postings: readonly Posting[];
  /** Business time. */
  at: Date;
}

/**
 * Writes postings to the books. A posting's key becomes its id, so the books hold a business event once.
 *
 * @throws a MongoError with code 11000 when the event is in the books already.
 */
export async function insertPostings({
  database,
  session,
  tenantId,
  postings,
  at,
}: InsertPostingsInput): Promise<void> {
  const recordedAt = new Date();
  const documents = postings.map(({ key: _id, ...posting }) => ({ _id, ...posting, tenantId, at, recordedAt }));
  await insertDocuments({ model: database.models.ledgerPostings, documents, session });
}
