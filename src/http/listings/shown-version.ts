import { listingStateAt } from '../../domain/listings/listing';
import type { Listing } from '../../models/listings/listing';
import { versionInState } from '../replies/etag';

/** Returns the version of a listing for its ETag: another one once its time has passed, although nothing is written. */
export const listingVersionAt = (listing: Listing, at: Date): number | string =>
  versionInState({ version: listing.version, stored: listing.state, shown: listingStateAt(listing, at) });
