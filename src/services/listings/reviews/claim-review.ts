import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import {
  claimantAt,
  decidableStates,
  hasReviewEnded,
  requireFree,
  requireReviewer,
  reviewNotOpen,
  reviewTimes,
} from '../../../domain/listings/review';
import type { Database } from '../../../models/database';
import { NEVER_CLAIMED, type ListingReview } from '../../../models/listings/listing-review';
import { applyStep } from '../../apply-step';
import { findReview, stepOfReview, type ReviewChangeInput, type ReviewStep } from './review-step';

export interface ClaimReviewInput extends ReviewChangeInput {
  /** As `requireNamed` returns it. */
  reviewer: string;
}

/**
 * Claims a review for 30 minutes within the caller's transaction; a reviewer's own claim begins again.
 * @throws DomainError `NOT_FOUND`, `REVIEW_NOT_OPEN`, `REVISION_CHANGED`, `REVIEWER_IS_AUTHOR`, `REVIEW_CLAIMED`
 */
export async function claimReview({ database, session, change, reviewer }: ClaimReviewInput): Promise<ListingReview> {
  const review = await findReview({ database, session, change });
  const at = new Date(change.at);
  requireReviewer({ review, reviewer, at });
  const claim = { claimedBy: reviewer, claimedUntil: new Date(at.getTime() + reviewTimes.claimLastsMs) };
  const step = await applyStep(
    database,
    {
      ...stepOfReview(change),
      from: decidableStates,
      set: claim,
      event: { type: 'listing_review.claimed', data: { reviewer } },
    },
    session,
  );
  return { ...review, ...claim, version: step.version, updatedAt: new Date(step.at) };
}

/**
 * Releases a reviewer's claim within the caller's transaction; changes nothing where no claim is in force.
 * @throws DomainError `NOT_FOUND`, `REVIEW_NOT_OPEN`, `REVISION_CHANGED`, `REVIEW_CLAIMED`
 */
export async function releaseReview({ database, session, change, reviewer }: ClaimReviewInput): Promise<ListingReview> {
  const review = await findReview({ database, session, change });
  const at = new Date(change.at);
  if (hasReviewEnded(review.state)) throw reviewNotOpen(review.state);
  requireFree(review, reviewer, at);
  if (claimantAt(review, at) === null) return review;
  const free = { claimedBy: null, claimedUntil: NEVER_CLAIMED };
  const step = await applyStep(
    database,
    {
      ...stepOfReview(change),
      from: decidableStates,
      set: free,
      event: { type: 'listing_review.released', data: { reviewer } },
    },
    session,
  );
  return { ...review, ...free, version: step.version, updatedAt: new Date(step.at) };
}

export interface ClaimNextInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** As `requireNamed` returns it. */
  reviewer: string;
  /** The slug of a category; null for any. */
  category: string | null;
  /** The name of the step, unique per request. */
  step: string;
  by: Actor;
  at: Date;
}

/**
 * Claims the oldest free review that the reviewer may decide on, within the caller's transaction: of two that choose
 * the same one the slower is tried again, and finds the next. Returns null where there is none.
 */
export async function claimNext(input: ClaimNextInput): Promise<ListingReview | null> {
  const { database, session, tenantId, reviewer, category, step, by, at } = input;
  const free = {
    tenantId,
    ...(category === null ? {} : { category }),
    claimedUntil: { $lte: at },
    authors: { $ne: reviewer },
  };
  const oldest: ListingReview[] = [];
  for (const state of decidableStates) {
    const found = await database.models.listingReviews
      .findOne({ ...free, state })
      .sort({ queuedSince: 1, _id: 1 })
      .session(session)
      .lean();
    if (found) oldest.push(found);
  }
  const [first] = oldest.toSorted((one, other) => one.queuedSince.getTime() - other.queuedSince.getTime());
  if (!first) return null;
  const change: ReviewStep = { tenantId, reviewId: first._id, step, at: at.toISOString(), by };
  return claimReview({ database, session, change, reviewer });
}
