/** The open review of a listing in the model. */
export interface ModelReview {
  /** Who submitted and who owns the listing. */
  authors: string[];
  renewDays: number | null;
  claimedBy: string | null;
  claimedUntilMs: number;
}

const CLAIM_MS = 30 * 60_000;

export const newReview = (authors: string[], renewDays: number | null): ModelReview => ({
  authors,
  renewDays,
  claimedBy: null,
  claimedUntilMs: 0,
});

/** Returns a review that a reviewer has claimed, for half an hour. */
export const claimedBy = (review: ModelReview, reviewer: string, nowMs: number): ModelReview => ({
  ...review,
  claimedBy: reviewer,
  claimedUntilMs: nowMs + CLAIM_MS,
});

/** Returns the code with which a reviewer is refused; null where the reviewer may decide. */
export function refuseReviewer(review: ModelReview, reviewer: string, nowMs: number): string | null {
  if (review.authors.includes(reviewer)) return 'REVIEWER_IS_AUTHOR';
  const isOthers = review.claimedBy !== null && review.claimedBy !== reviewer && nowMs < review.claimedUntilMs;
  return isOthers ? 'REVIEW_CLAIMED' : null;
}
