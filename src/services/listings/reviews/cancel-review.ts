import type { StepResult } from '../../apply-step';
import { endReview } from './end-review';
import { leaveReview } from './leave-review';
import { findReview, type ReviewChangeInput } from './review-step';

/**
 * Ends a review and withdraws its listing, where that was never published, all within the caller's transaction. The
 * draft stays.
 * @throws DomainError `NOT_FOUND`, `ILLEGAL_STATE`, `ENTITY_NOT_OURS`
 */
export async function cancelReview({ database, session, change }: ReviewChangeInput): Promise<StepResult> {
  const review = await findReview({ database, session, change });
  const ended = await endReview({ database, session, change, review, to: 'cancelled' });
  await leaveReview({ database, session, change, listingId: review.listingId, at: ended.at });
  return ended;
}
