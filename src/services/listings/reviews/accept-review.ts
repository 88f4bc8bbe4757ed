import type { ClientSession } from 'mongoose';
import { listingReviewProcess } from '../../../contracts/listings/process';
import type { Actor } from '../../../domain/actor';
import { newId } from '../../../domain/ids';
import { referenceOf } from '../../../domain/listings/listing';
import type { Database } from '../../../models/database';
import { NEVER_CLAIMED, type ListingReview } from '../../../models/listings/listing-review';
import type { Listing } from '../../../models/listings/listing';
import { acceptEntity, type AcceptedEntity } from '../../accept-entity';

export interface AcceptReviewInput {
  database: Database;
  session: ClientSession;
  /** The id that the listing has recorded for its review. */
  reviewId: string;
  /** The listing with the revision to review. */
  listing: Pick<
    Listing,
    '_id' | 'tenantId' | 'contentRevision' | 'category' | 'ownerUserId' | 'ownerRef' | 'rejection'
  >;
  submittedBy: string | null;
  /** The days by which the approval renews the listing; null where it does not. */
  renewDays: number | null;
  /** The review whose place this one takes, because the listing was edited; null for a submission. */
  supersedes: ListingReview | null;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
  startDelayMs?: number;
}

export const newReviewId = (): string => newId('listingReview');

/**
 * Writes a review with its first event and the start of its process within the caller's transaction. A review that
 * takes the place of another one keeps its place in the queue, and what the reviewers know of it.
 */
export async function acceptReview(input: AcceptReviewInput): Promise<AcceptedEntity> {
  const { database, session, reviewId, listing, renewDays, supersedes, correlationId, by, at, startDelayMs } = input;
  const submittedBy = referenceOf(input.submittedBy);
  const { _id: listingId, tenantId, contentRevision: revision, category, ownerUserId, ownerRef, rejection } = listing;
  const review: ListingReview = {
    _id: reviewId,
    tenantId,
    state: 'checking',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    listingId,
    revision,
    category,
    submittedBy,
    renewDays,
    authors: [submittedBy, ownerUserId, ownerRef].filter((id) => id !== null),
    queuedSince: supersedes?.queuedSince ?? at,
    escalatedAt: supersedes?.escalatedAt ?? null,
    overdue: false,
    isAnnounced: supersedes !== null && (supersedes.isAnnounced || supersedes.state !== 'checking'),
    claimedBy: null,
    claimedUntil: NEVER_CLAIMED,
    checksVersion: null,
    score: null,
    findings: [],
    decision: null,
    endedAt: null,
    lastRejection: rejection,
  };
  return acceptEntity({
    database,
    session,
    process: listingReviewProcess,
    entity: review,
    event: { type: 'listing_review.opened', data: { listingId, revision } },
    by,
    startDelayMs,
  });
}
