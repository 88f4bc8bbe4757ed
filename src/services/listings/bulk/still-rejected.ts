import type { ClientSession } from 'mongoose';
import { isRejectedAsItIs } from '../../../domain/listings/revisions';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { revisionIdOf } from '../../../models/listings/listing-revision';

export interface StillRejectedInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Pick<Listing, '_id' | 'tenantId' | 'draft' | 'rejection'>;
}

/** Returns true for a listing whose draft was rejected as it is; see `isRejectedAsItIs`. */
export async function isStillRejected({
  database: { models },
  session,
  listing: { _id: listingId, tenantId, draft, rejection },
}: StillRejectedInput): Promise<boolean> {
  if (rejection === null || draft === null) return false;
  const revision = rejection.newestRevision ?? rejection.revision;
  const rejected = await models.listingRevisions
    .findOne({ _id: revisionIdOf({ listingId, revision }), tenantId }, { content: 1 })
    .session(session)
    .lean();
  return rejected !== null && isRejectedAsItIs({ rejection, rejected: rejected.content, draft });
}
