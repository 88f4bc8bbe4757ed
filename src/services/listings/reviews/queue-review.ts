import { decidableStates } from '../../../domain/listings/review';
import type { ListingReview } from '../../../models/listings/listing-review';
import { applyStep, type StepResult } from '../../apply-step';
import { stepOfReview, type ReviewChangeInput } from './review-step';

export interface QueueReviewInput extends ReviewChangeInput {
  /** The review as the transaction sees it. */
  review: Pick<ListingReview, 'escalatedAt'>;
}

/**
 * Lets a checked review wait for a person, within the caller's transaction. One that takes the place of an escalated
 * review is escalated too.
 */
export async function queueReview({ database, session, change, review }: QueueReviewInput): Promise<StepResult> {
  const isEscalated = review.escalatedAt !== null;
  return applyStep(
    database,
    {
      ...stepOfReview(change),
      from: ['checking'],
      to: isEscalated ? 'escalated' : 'queued',
      set: { overdue: isEscalated },
      event: { type: 'listing_review.queued' },
    },
    session,
  );
}

/** Escalates a review on which nobody has decided, within the caller's transaction. A claim in force stays. */
export const escalateReview = ({ database, session, change }: ReviewChangeInput): Promise<StepResult> =>
  applyStep(
    database,
    {
      ...stepOfReview(change),
      from: decidableStates,
      to: 'escalated',
      set: { escalatedAt: new Date(change.at), overdue: true },
      event: { type: 'listing_review.escalated' },
    },
    session,
  );
