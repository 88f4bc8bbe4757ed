import { applyStep } from '../../apply-step';
import type { ReviewChangeInput } from './review-step';

export interface LeaveReviewInput extends ReviewChangeInput {
  listingId: string;
  /** The business time at which the review ended, ISO 8601. */
  at: string;
}

/**
 * Takes a listing out of its review that ended without a decision, within the caller's transaction. A listing that
 * buyers have never seen is withdrawn; one that they have seen stays as it is, and keeps its draft. Changes nothing
 * where the listing has another review by now, or is gone.
 */
export async function leaveReview(input: LeaveReviewInput): Promise<void> {
  const { database, session, change, listingId: entityId, at } = input;
  const { tenantId, reviewId, by } = change;
  const listing = await database.models.listings.findOne({ _id: entityId, tenantId, reviewId }).session(session).lean();
  if (!listing) return;
  const { state, revision } = listing;
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId,
      step: `review/${reviewId}/left`,
      from: [state],
      set: { reviewId: null },
      at,
      by,
      ...(state === 'in_review'
        ? { to: 'draft', event: { type: 'listing.withdrawn', data: { reviewId } } }
        : { event: { type: 'listing.updated', data: { fields: ['review'], revision } } }),
    },
    session,
  );
}
