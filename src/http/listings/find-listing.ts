import type { ClientSession } from 'mongoose';
import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { notFound } from '../handler';
import type { Call } from '../pipeline/request-context';

export type ListingCall = Call<unknown, unknown, { listingId: string }>;

export interface FindCalledListingInput {
  database: Pick<Database, 'models'>;
  call: Pick<ListingCall, 'tenantId' | 'params'>;
  session?: ClientSession;
}

/** Returns the listing in a call's path. @throws DomainError `NOT_FOUND`, also for another tenant's */
export async function findCalledListing({
  database: { models },
  call: { tenantId, params },
  session,
}: FindCalledListingInput): Promise<Listing> {
  const { listingId } = params;
  const listing = isId('listing', listingId)
    ? await models.listings
        .findOne({ _id: listingId, tenantId })
        .session(session ?? null)
        .lean()
    : null;
  if (!listing) throw notFound('listing');
  return listing;
}
