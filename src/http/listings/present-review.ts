import type { ListingContent } from '../../domain/listings/content';
import {
  claimantAt,
  hasReviewEnded,
  reviewDeadline,
  reviewStateAt,
  reviewWaitsFor,
} from '../../domain/listings/review';
import { newestContent } from '../../domain/listings/edit-listing';
import { differencesOf } from '../../domain/listings/revisions';
import type { Models } from '../../models/define-models';
import type { ListingReview } from '../../models/listings/listing-review';
import { revisionIdOf } from '../../models/listings/listing-revision';
import type { components } from '../generated/openapi-types';
import { presentContent, presentDecision, presentRejection } from './present-listing';

type Schemas = components['schemas'];

export interface PresentReviewsInput {
  models: Models;
  tenantId: string;
  reviews: readonly ListingReview[];
  /** The tenant's business time. */
  at: Date;
}

/**
 * Returns the API representation of reviews, each with its revision's content and what buyers see instead of it. An
 * open review has the values that instant fields have by now.
 */
export async function presentReviews({ models, tenantId, reviews, at }: PresentReviewsInput) {
  const listingIds = [...new Set(reviews.map(({ listingId }) => listingId))];
  const revisionIds = reviews.map(revisionIdOf);
  const listings = await models.listings
    .find({ _id: { $in: listingIds }, tenantId }, { live: 1, draft: 1, reviewId: 1 })
    .lean();
  const revisions = await models.listingRevisions.find({ _id: { $in: revisionIds }, tenantId }, { content: 1 }).lean();
  const liveOf = new Map(listings.map(({ _id, live }) => [_id, live]));
  const openContents = new Map(listings.map((listing) => [listing.reviewId, newestContent(listing)]));
  const contentOf = new Map(revisions.map(({ _id, content }) => [_id, content]));
  return reviews.map((review) =>
    presentReview({
      review,
      content: openContents.get(review._id) ?? contentOf.get(revisionIdOf(review)) ?? null,
      live: liveOf.get(review.listingId) ?? null,
      at,
    }),
  );
}

interface PresentReviewInput {
  review: ListingReview;
  content: ListingContent | null;
  live: ListingContent | null;
  at: Date;
}

function presentReview({ review, content, live, at }: PresentReviewInput): Schemas['ListingReview'] {
  const reviewer = claimantAt(review, at);
  return {
    id: review._id,
    listingId: review.listingId,
    revision: review.revision,
    category: review.category,
    state: reviewStateAt(review, at),
    submittedBy: review.submittedBy,
    renewDays: review.renewDays ?? null,
    queuedSince: review.queuedSince.toISOString(),
    escalatedAt: review.escalatedAt?.toISOString() ?? null,
    claim: reviewer === null ? null : { reviewer, until: review.claimedUntil.toISOString() },
    score: review.score,
    findings: review.findings,
    content: content && presentContent(content),
    differences: content && live && !hasReviewEnded(review.state) ? differencesOf(live, content) : [],
    lastRejection: presentRejection(review.lastRejection),
    decision: presentDecision(review),
    waitingFor: waitingForOf(review, at),
    createdAt: review.createdAt.toISOString(),
    updatedAt: review.updatedAt.toISOString(),
  };
}

function waitingForOf(review: ListingReview, at: Date): Schemas['WaitingFor'] {
  const { state, unindexed: isPublishing = false } = review;
  const what = reviewWaitsFor({ state, isPublishing });
  return what === null ? null : { what, until: reviewDeadline(review, at)?.toISOString() ?? null };
}
