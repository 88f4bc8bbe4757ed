import { newestContent } from '../../../domain/listings/edit-listing';
import type { Database } from '../../../models/database';

export interface FindImagesInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  reviewId: string;
}

/** Returns the URLs of the images that a review has to check; none where its checks have ended. */
export async function findImagesToCheck({ database, tenantId, reviewId }: FindImagesInput): Promise<string[]> {
  const { listingReviews, listings } = database.models;
  const review = await listingReviews.findOne({ _id: reviewId, tenantId }, { state: 1, listingId: 1 }).lean();
  if (review?.state !== 'checking') return [];
  const listing = await listings.findOne({ _id: review.listingId, tenantId }, { live: 1, draft: 1 }).lean();
  return listing ? newestContent(listing).images.map(({ url }) => url) : [];
}
