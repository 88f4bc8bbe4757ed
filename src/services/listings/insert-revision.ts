import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { ListingContent } from '../../domain/listings/content';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { revisionIdOf } from '../../models/listings/listing-revision';
import { insertDocuments } from '../insert-documents';

export interface InsertRevisionInput {
  database: Database;
  session: ClientSession;
  /** The listing with the number of the new revision. */
  listing: Pick<Listing, '_id' | 'tenantId' | 'revision'>;
  content: ListingContent;
  by: Actor;
  at: Date;
}

/** Writes the newest revision of a listing within the caller's transaction. */
export async function insertRevision({
  database: { models },
  session,
  listing: { _id: listingId, tenantId, revision },
  content,
  by,
  at: createdAt,
}: InsertRevisionInput): Promise<void> {
  await insertDocuments({
    model: models.listingRevisions,
    documents: [{ _id: revisionIdOf({ listingId, revision }), tenantId, listingId, revision, content, by, createdAt }],
    session,
  });
}
