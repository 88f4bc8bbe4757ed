import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { ListingContent } from '../../domain/listings/content';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { revisionIdOf, type ListingRevision } from '../../models/listings/listing-revision';
import { insertDocuments } from '../insert-documents';

export interface RevisionOfInput {
  /** The listing with the number of the new revision. */
  listing: Pick<Listing, '_id' | 'tenantId' | 'revision'>;
  content: ListingContent;
  by: Actor;
  at: Date;
}

/** Returns the newest revision of a listing. */
export function revisionOf({
  listing: { _id: listingId, tenantId, revision },
  content,
  by,
  at: createdAt,
}: RevisionOfInput): ListingRevision {
  return { _id: revisionIdOf({ listingId, revision }), tenantId, listingId, revision, content, by, createdAt };
}

export interface InsertRevisionInput extends RevisionOfInput {
  database: Database;
  session: ClientSession;
}

/** Writes the newest revision of a listing within the caller's transaction. */
export async function insertRevision({ database: { models }, session, ...input }: InsertRevisionInput): Promise<void> {
  await insertDocuments({ model: models.listingRevisions, documents: [revisionOf(input)], session });
}
