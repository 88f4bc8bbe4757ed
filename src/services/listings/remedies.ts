import { listingReviewProcess } from '../../contracts/listings/process';
import { applyStep } from '../apply-step';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow } from '../new-outbox-row';
import {
  aboutItem,
  findStuck,
  restartProcess,
  type RemedyDependencies,
  type StuckRemedy,
} from '../operator/stuck-remedy';
import { endOfReview } from './reviews/end-review';
import { leaveReview } from './reviews/leave-review';

const reviewRemedy = ({ database, workflows }: RemedyDependencies): StuckRemedy => ({
  /** An approved review whose listing is not yet in the search index runs again to publish it. */
  async restart(input) {
    const entity = await findStuck({ database }, 'listing_review', input);
    const from = entity.unindexed ? [entity.state] : listingReviewProcess.openStates;
    await restartProcess({ ...input, database, process: listingReviewProcess, entity, from });
  },

  /**
   * The listing gets its draft back, and can be submitted again. An approval stays; the reconciler brings its listing
   * into the search index.
   */
  async close({ reason, ...input }) {
    await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
    const review = await findStuck({ database }, 'listing_review', input);
    const { _id: reviewId, tenantId, listingId } = review;
    const { session, by } = input;
    const step = `close/${input.item._id}`;
    const event = { type: 'listing_review.closed', data: { reason } } as const;
    if (review.unindexed) {
      const set = { unindexed: false };
      await applyStep(database, { ...aboutItem(input), step, from: [review.state], set, event }, session);
      return;
    }
    const { at } = await applyStep(
      database,
      {
        ...aboutItem(input),
        step,
        from: listingReviewProcess.openStates,
        to: 'cancelled',
        set: endOfReview(input.at, null),
        event,
      },
      session,
    );
    const change = { tenantId, reviewId, step, at, by };
    await leaveReview({ database, session, change, listingId, at });
  },
});

/** A listing of which the search index has something else; no process runs for it. */
const listingRemedy = ({ database }: RemedyDependencies): StuckRemedy => ({
  async restart({ item, session }) {
    const { _id: correlationId, tenantId, entityType, entityId } = item;
    const row = newOutboxRow({ tenantId, entityType, entityId, correlationId, pending: ['search'] });
    await insertDocuments({ model: database.models.outbox, documents: [row], session });
  },

  /** The listing stays as it is, and the reconciler goes on comparing it. */
  close: async () => undefined,
});

export const listingRemedies = (dependencies: RemedyDependencies) => ({
  listing: listingRemedy(dependencies),
  listing_review: reviewRemedy(dependencies),
});
