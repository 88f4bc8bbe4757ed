import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { findReview } from '../reviews/review-step';
import { indexListings } from './index-listings';
import { removalOf, searchableOf } from './searchable-of';

export interface PublishApprovedInput {
  database: Database;
  search: ListingSearch;
  tenantId: string;
  reviewId: string;
}

/**
 * Brings the search index to the present state of the listing that a review approved, and records that on the review.
 * @throws DomainError `NOT_FOUND` without such a review
 */
export async function publishApprovedListing(input: PublishApprovedInput): Promise<void> {
  const { database, search, tenantId, reviewId } = input;
  const { listingId } = await findReview({ database, change: { tenantId, reviewId } });
  await indexListings({ database, search, listingIds: [listingId] });
  await endPublication(input);
}

/**
 * Removes the listing of a review from the search index, unless buyers see the listing: then its events keep it there.
 * @throws DomainError `NOT_FOUND` without such a review
 */
export async function forgetApprovedListing(input: PublishApprovedInput): Promise<void> {
  const { database, search, tenantId, reviewId } = input;
  const { listingId } = await findReview({ database, change: { tenantId, reviewId } });
  const listing = await database.models.listings.findOne({ _id: listingId, tenantId }).lean();
  if (listing && !searchableOf(listing)) await search.remove([removalOf(listing)]);
  await endPublication(input);
}

/** Records that the review's run has nothing left to publish. */
async function endPublication({ database, tenantId, reviewId }: PublishApprovedInput): Promise<void> {
  await database.models.listingReviews.updateOne({ _id: reviewId, tenantId }, { $set: { unindexed: false } });
}
