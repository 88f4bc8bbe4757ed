import { withImages, type ListingContent } from '../../domain/listings/content';
import { newestContent } from '../../domain/listings/edit-listing';
import { listingStateAt } from '../../domain/listings/listing';
import { differencesOf } from '../../domain/listings/revisions';
import type { Listing, ListingRejection } from '../../models/listings/listing';
import type { ListingReview } from '../../models/listings/listing-review';
import type { ListingRevision } from '../../models/listings/listing-revision';
import type { components } from '../generated/openapi-types';

type Schemas = components['schemas'];

/** Returns the content that buyers may see: all but the partner's own metadata. */
export const presentContent = (stored: ListingContent): Schemas['ListingContent'] => {
  const { metadata: _metadata, ...content } = withImages(stored);
  return content;
};

/** Returns the API representation of a listing at an instant of the tenant's business time. */
export const presentListing = (listing: Listing, at: Date): Schemas['Listing'] => ({
  id: listing._id,
  state: listingStateAt(listing, at),
  ref: listing.ref,
  ownerUserId: listing.ownerUserId,
  ownerRef: listing.ownerRef,
  revision: listing.revision,
  live: listing.live && presentContent(listing.live),
  draft: listing.draft && presentContent(listing.draft),
  durationDays: listing.durationDays,
  lastDay: listing.lastDay,
  publishedAt: listing.publishedAt?.toISOString() ?? null,
  expiresAt: listing.expiresAt?.toISOString() ?? null,
  review: listing.reviewId === null ? null : { id: listing.reviewId, revision: listing.contentRevision },
  rejection: presentRejection(listing.rejection),
  suspension: listing.suspension && { ...listing.suspension, at: listing.suspension.at.toISOString() },
  waitingFor:
    listing.reviewId === null ? null : { what: `the review of revision ${listing.contentRevision}`, until: null },
  metadata: newestContent(listing).metadata,
  createdAt: listing.createdAt.toISOString(),
  updatedAt: listing.updatedAt.toISOString(),
});

/** Returns the API representation of a listing in the list of changes, with its place there. */
export const presentFollowedListing = (listing: Listing, at: Date): Schemas['Listing'] => ({
  ...presentListing(listing, at),
  changedAt: listing.touchedAt?.toISOString(),
});

/** Returns the API representation of a listing's last rejection. */
export const presentRejection = (rejection: ListingRejection | null): Schemas['ListingRejection'] | null =>
  rejection && {
    revision: rejection.revision,
    at: rejection.at.toISOString(),
    reviewer: rejection.reviewer,
    reason: rejection.reason ?? 'other',
    comment: rejection.comment,
    fields: rejection.fields,
  };

/** Returns the API representation of a review's decision; null for a review without one. */
export const presentDecision = (
  review: Pick<ListingReview, 'decision' | 'endedAt'> | null,
): Schemas['ReviewDecision'] | null =>
  review?.decision && review.endedAt ? { ...review.decision, at: review.endedAt.toISOString() } : null;

export interface PresentRevisionInput {
  revision: ListingRevision;
  /** The revision before; null for the first. */
  before: Pick<ListingRevision, 'content'> | null;
  /** The last review that decided on the revision; null where none has. */
  review: ListingReview | null;
}

/** Returns the API representation of a revision. */
export const presentRevision = ({
  revision: { revision, content, by, createdAt },
  before,
  review,
}: PresentRevisionInput): Schemas['ListingRevision'] => ({
  revision,
  content: presentContent(content),
  metadata: content.metadata,
  differences: before ? differencesOf(before.content, content) : [],
  by: { kind: by.kind, id: by.id },
  decision: presentDecision(review),
  createdAt: createdAt.toISOString(),
});
