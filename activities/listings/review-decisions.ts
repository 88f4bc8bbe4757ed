import type { ActivityDependencies } from '../dependencies';
import type {
  ApproveListingInput,
  ListingRejected,
  RejectListingInput,
  ReviewCommandInput,
  ReviewStepApplied,
} from '../../src/contracts/listings/review-activities';
import { rejectionOfChecks } from '../../src/domain/listings/checks/rejection-of-checks';
import {
  claimantAt,
  rejectionReasonOf,
  requireNamed,
  requireReviewer,
  type FieldComment,
  type ReviewDecision,
} from '../../src/domain/listings/review';
import type { ListingReview } from '../../src/models/listings/listing-review';
import { findPayload } from '../../src/services/find-payload';
import { cancelReview } from '../../src/services/listings/reviews/cancel-review';
import { claimReview, releaseReview } from '../../src/services/listings/reviews/claim-review';
import { decideReview } from '../../src/services/listings/reviews/end-review';
import { findListingSettings } from '../../src/services/listings/partner-settings';
import { answerOfStep, type ReviewWork } from './review-answer';

/** A command's payload as the api stores it. */
interface DecisionPayload {
  reviewer?: unknown;
  reason?: unknown;
  comment?: string | null;
  fields?: FieldComment[];
}

/** The steps that answer a reviewer, and the ends of a review without one. */
export const createReviewDecisionActivities = ({ database }: ActivityDependencies) => {
  const payloadOf = async ({ tenantId, reviewId, command }: ApproveListingInput): Promise<DecisionPayload> =>
    findPayload({ database, tenantId, entityId: reviewId, commandId: command?.id ?? null });

  const decide = ({ session, review, change }: ReviewWork, decision: ReviewDecision) => {
    const { reviewer } = decision;
    if (reviewer !== null) requireReviewer({ review, reviewer, at: new Date(change.at) });
    return decideReview({ database, session, change, review, decision });
  };

  /** Returns the reviewer of a command; null for a step of the run's own, the only one that nobody decides. */
  const reviewerOf = ({ command, reviewer }: ApproveListingInput, payload: DecisionPayload): string | null =>
    command ? requireNamed(payload.reviewer ?? reviewer) : null;

  const rejectionOf = (input: RejectListingInput, payload: DecisionPayload, review: ListingReview): ReviewDecision => {
    if (input.cause === 'checks') return rejectionOfChecks(review.findings);
    const { comment = null, fields = [] } = payload;
    const reason = rejectionReasonOf(payload.reason ?? input.reason);
    return { outcome: 'rejected', reviewer: reviewerOf(input, payload), reason, comment, fields };
  };

  const claiming = (input: ReviewCommandInput, act: typeof claimReview): Promise<ReviewStepApplied> =>
    answerOfStep({
      database,
      input,
      async apply({ session, change }) {
        const reviewer = requireNamed((await payloadOf(input)).reviewer);
        const { state, updatedAt } = await act({ database, session, change, reviewer });
        return { state, at: updatedAt.toISOString() };
      },
    });

  return {
    claimListing: (input: ReviewCommandInput) => claiming(input, claimReview),
    releaseListing: (input: ReviewCommandInput) => claiming(input, releaseReview),

    /** Approves the revision: by a reviewer, or by the checks where nobody is named. */
    approveListing: (input: ApproveListingInput): Promise<ReviewStepApplied> =>
      answerOfStep({
        database,
        input,
        async apply(work) {
          const payload = await payloadOf(input);
          const { comment = null } = payload;
          const reviewer = reviewerOf(input, payload);
          return decide(work, { outcome: 'approved', reviewer, reason: null, comment, fields: [] });
        },
      }),

    /**
     * Rejects the revision; by silence only where the partner's setting says so, and not while a reviewer has claimed
     * the review.
     */
    async rejectListing(input: RejectListingInput): Promise<ListingRejected> {
      let heldUntil: string | null = null;
      const { state, at, problem } = await answerOfStep({
        database,
        input,
        async apply(work) {
          const { review } = work;
          heldUntil = null;
          if (input.cause === 'silence') {
            const { onSilence } = await findListingSettings({ database, ...work, tenantId: input.tenantId });
            const isClaimed = claimantAt(review, new Date(input.at)) !== null;
            if (onSilence === 'reject' && isClaimed) heldUntil = review.claimedUntil.toISOString();
            if (onSilence === 'wait' || isClaimed) return { state: review.state, at: input.at };
          }
          return decide(work, rejectionOf(input, await payloadOf(input), review));
        },
      });
      return { state, at, problem, heldUntil };
    },

    /** Ends the review without a decision; a listing that was never published is a draft again. */
    cancelReview: (input: ApproveListingInput): Promise<ReviewStepApplied> =>
      answerOfStep({
        database,
        input,
        apply: ({ session, change }) => cancelReview({ database, session, change }),
      }),
  };
};
