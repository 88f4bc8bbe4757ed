import { listingStateAt } from '../../domain/listings/listing';
import { reviewStateAt } from '../../domain/listings/review';
import type { Listing } from '../../models/listings/listing';
import type { ListingReview } from '../../models/listings/listing-review';
import { versionInState } from '../replies/etag';

/** Returns the version of a listing for its ETag: another one once its time has passed, although nothing is written. */
export const listingVersionAt = (listing: Listing, at: Date): number | string =>
  versionInState({ version: listing.version, stored: listing.state, shown: listingStateAt(listing, at) });

/** Returns the version of a review for its ETag: another one while it is claimed, because a claim passes with time. */
export const reviewVersionAt = (review: ListingReview, at: Date): number | string =>
  versionInState({ version: review.version, stored: review.state, shown: reviewStateAt(review, at) });
