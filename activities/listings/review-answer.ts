import type { ClientSession } from 'mongoose';
import type { ReviewStepApplied, ReviewStepInput } from '../../src/contracts/listings/review-activities';
import { byWorkflow, type Actor } from '../../src/domain/actor';
import { DomainError } from '../../src/domain/domain-error';
import { hasReviewEnded, reviewNotOpen, type StoredReviewState } from '../../src/domain/listings/review';
import type { Database } from '../../src/models/database';
import type { ListingReview } from '../../src/models/listings/listing-review';
import { findEntity } from '../../src/services/find-entity';
import { requireOwned } from '../../src/services/claim-entity';
import type { ReviewChangeInput, ReviewStep } from '../../src/services/listings/reviews/review-step';

/** What a reviewer, or an edit of the listing, may do to a step of the process: answers, not failures. */
const answers: ReadonlySet<string> = new Set([
  'REVIEW_NOT_OPEN',
  'REVISION_CHANGED',
  'REVIEWER_MISSING',
  'REVIEWER_IS_AUTHOR',
  'REVIEW_CLAIMED',
]);

export interface ReviewWork {
  session: ClientSession;
  /** The review as the transaction sees it; open. */
  review: ListingReview;
  change: ReviewStep;
}

export interface AnswerOfStepInput {
  database: Database;
  input: ReviewStepInput & { command?: { by: Actor } };
  /** Applies the step. May run more than once. */
  apply: (work: ReviewWork) => Promise<{ state: string; at: string }>;
}

/**
 * Applies a step of a review in one transaction and returns its answer. A repeat returns the first one; a review that
 * has ended meanwhile is left as it is.
 * @throws DomainError `NOT_FOUND`, `ENTITY_NOT_OURS`, `ILLEGAL_STATE`
 */
export async function answerOfStep({ database, input, apply }: AnswerOfStepInput): Promise<ReviewStepApplied> {
  const { tenantId, reviewId, chain, step, at, command } = input;
  const change: ReviewStep = { tenantId, reviewId, chain, step, at, by: command?.by ?? byWorkflow };
  const key = { database, tenantId, entityType: 'listing_review', entityId: reviewId } as const;
  try {
    return await database.inTransaction(async (session) => {
      const review = await findEntity({ ...key, session });
      requireOwned({ ...key, chain }, review.chain);
      // While the review is open, `applyStep` finds the first application of a repeat.
      const applied = hasReviewEnded(review.state)
        ? await firstApplication({ database, session, change })
        : await apply({ session, review, change });
      if (!applied) throw reviewNotOpen(review.state);
      return { state: applied.state as StoredReviewState, at: applied.at, problem: null };
    });
  } catch (error) {
    if (!(error instanceof DomainError) || !answers.has(error.code)) throw error;
    const { state } = await findEntity(key);
    return { state, at, problem: error.code };
  }
}

/** Returns the first application of a step that may have ended the review itself; null for a step that never was. */
async function firstApplication({ database, session, change }: ReviewChangeInput) {
  const { tenantId, reviewId, step } = change;
  const event = await database.models.events.findOne({ tenantId, entityId: reviewId, step }).session(session).lean();
  return event && { state: event.state, at: event.at.toISOString() };
}
