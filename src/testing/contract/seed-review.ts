import { expectContract } from '../expect-contract';
import type { TestApi } from '../test-api';
import { seedListing } from './seed-listing';

interface SeedReviewInput {
  api: Pick<TestApi, 'call' | 'database'>;
  /** A key with the scope `write`. */
  key: string;
}

/** Makes a listing through the API and submits it; its review waits for a person. Returns the ids by path parameter. */
export async function seedReview({ api, key }: SeedReviewInput) {
  const ids = await seedListing({ api, key });
  const { status, body } = expectContract(await api.call('post', `/listings/${ids.listingId}/submit`, key).send({}));
  if (status !== 202) throw new Error(`No review: ${JSON.stringify(body)}`);
  const reviewId = String(body.review.id);
  await endChecks({ api, reviewId });
  return { ...ids, reviewId };
}

/** Ends the checks of a review, which no process runs here, and lets it wait for a person. */
export async function endChecks({
  api,
  reviewId,
}: {
  api: Pick<TestApi, 'database'>;
  reviewId: string;
}): Promise<void> {
  const result = { state: 'queued', checksVersion: 1, score: 80 } as const;
  await api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: result });
}
