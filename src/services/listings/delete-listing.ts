import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { listingTransitions } from '../../domain/listings/listing';
import { sourcesOf } from '../../domain/transitions';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { applyStep } from '../apply-step';

export interface DeleteListingInput {
  database: Database;
  session: ClientSession;
  listing: Pick<Listing, '_id' | 'tenantId'>;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

/**
 * Deletes a listing within the caller's transaction. Its timeline stays and ends with the event `listing.deleted`; the
 * consumer of that event deletes the revisions, which may be too many for a transaction. Its `ref` can be taken again,
 * because deleting a document frees its unique keys (decision 0014).
 */
export async function deleteListing({ database, session, listing, by, at }: DeleteListingInput): Promise<void> {
  const { _id: entityId, tenantId } = listing;
  const { listings } = database.models;
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId,
      step: 'delete',
      from: sourcesOf(listingTransitions, 'deleted'),
      to: 'deleted',
      at: at.toISOString(),
      by,
      event: { type: 'listing.deleted' },
      alongside: async (within) => {
        await listings.deleteOne({ _id: entityId, tenantId }, { session: within });
      },
    },
    session,
  );
}
