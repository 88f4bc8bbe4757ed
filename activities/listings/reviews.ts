import type { ActivityDependencies } from '../dependencies';
import type { ReviewProgress } from '../../src/contracts/listings/review';
import type {
  ListingChecked,
  NotifyReviewersInput,
  ReviewStepApplied,
  ReviewStepInput,
  UpdateListingStatusInput,
} from '../../src/contracts/listings/review-activities';
import type { CheckOutcome } from '../../src/domain/listings/checks/check-listing';
import type { ImageProbes } from '../../src/domain/listings/checks/image-rules';
import { silenceSince } from '../../src/domain/listings/review';
import { claimEntity } from '../../src/services/claim-entity';
import { checkReview } from '../../src/services/listings/reviews/check-review';
import { findImagesToCheck } from '../../src/services/listings/reviews/find-images';
import { notifyReviewers } from '../../src/services/listings/reviews/notify-reviewers';
import { escalateReview, queueReview } from '../../src/services/listings/reviews/queue-review';
import { whileBeating } from '../while-beating';
import { answerOfStep } from './review-answer';

/** The steps of a review up to its decision. Each is one transaction, so Temporal may run it any number of times. */
export const createReviewActivities = ({ database, operatorEmail, probeImages }: ActivityDependencies) => ({
  /**
   * Makes this run the owner of the review and returns the progress to continue from; the review may have ended.
   * @throws DomainError `NOT_FOUND` for a run that nobody's review has started, `ENTITY_NOT_OURS`
   */
  async validateListing({ tenantId, reviewId, chain }: ReviewStepInput): Promise<ReviewProgress> {
    const key = { database, tenantId, entityType: 'listing_review', entityId: reviewId, chain } as const;
    const review = await claimEntity(key);
    const escalatedAt = silenceSince(review)?.toISOString() ?? null;
    return { state: review.state, queuedAt: review.queuedSince.toISOString(), escalatedAt };
  },

  /** Calls the revision's images, checks it by every rule, and records score and findings. */
  async runAutomatedChecks(input: ReviewStepInput): Promise<ListingChecked> {
    // Before the transaction, which waits for nobody else.
    const imageProbes = await probeRevision({ database, probeImages, input });
    // A review that has ended meanwhile needs no outcome.
    let outcome: CheckOutcome = 'review';
    const { state, at, problem } = await answerOfStep({
      database,
      input,
      async apply({ session, change, review }) {
        const applied = await checkReview({ database, session, change, review, imageProbes });
        outcome = applied.data.outcome as CheckOutcome;
        return applied;
      },
    });
    return { state, at, problem, outcome };
  },

  /** Lets the review wait for a person, or escalates it. */
  updateListingStatus: (input: UpdateListingStatusInput): Promise<ReviewStepApplied> =>
    answerOfStep({
      database,
      input,
      apply: ({ session, change, review }) =>
        input.to === 'queued'
          ? queueReview({ database, session, change, review })
          : escalateReview({ database, session, change }),
    }),

  /** Orders the mails to those who may decide; a repeat finds them ordered. */
  async notifyReviewers({ tenantId, reviewId, audience }: NotifyReviewersInput): Promise<void> {
    await notifyReviewers({ database, tenantId, reviewId, audience, operatorEmail });
  },
});

interface ProbeRevisionInput extends Pick<ActivityDependencies, 'database' | 'probeImages'> {
  input: ReviewStepInput;
}

/** Returns what the images of the revision serve; empty for one without images. Their URLs stay out of the history. */
async function probeRevision({ database, probeImages, input }: ProbeRevisionInput): Promise<ImageProbes> {
  const { tenantId, reviewId } = input;
  const urls = await findImagesToCheck({ database, tenantId, reviewId });
  if (urls.length === 0) return new Map();
  return whileBeating(({ signal }) => probeImages({ tenantId, urls, signal }));
}
