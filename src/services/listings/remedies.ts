import { listingReviewProcess } from '../../contracts/listings/process';
import { applyStep } from '../apply-step';
import { aboutItem, findStuck, restartOf, type RemedyDependencies, type StuckRemedy } from '../operator/stuck-remedy';
import { endOfReview } from './reviews/end-review';
import { leaveReview } from './reviews/leave-review';

const reviewRemedy = ({ database, workflows }: RemedyDependencies): StuckRemedy => ({
  restart: restartOf(database, listingReviewProcess),

  /** The listing gets its draft back, and can be submitted again. */
  async close({ reason, ...input }) {
    await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
    const { _id: reviewId, tenantId, listingId } = await findStuck({ database }, 'listing_review', input);
    const { session, by } = input;
    const step = `close/${input.item._id}`;
    const { at } = await applyStep(
      database,
      {
        ...aboutItem(input),
        step,
        from: listingReviewProcess.openStates,
        to: 'cancelled',
        set: endOfReview(input.at, null),
        event: { type: 'listing_review.closed', data: { reason } },
      },
      session,
    );
    const change = { tenantId, reviewId, step, at, by };
    await leaveReview({ database, session, change, listingId, at });
  },
});

export const listingRemedies = (dependencies: RemedyDependencies) => ({
  listing_review: reviewRemedy(dependencies),
});
