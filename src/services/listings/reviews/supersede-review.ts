import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import type { OutboxRow } from '../../../models/outbox-row';
import { acceptReview } from './accept-review';
import { endReview } from './end-review';
import { findReview } from './review-step';

export interface SupersedeReviewInput {
  database: Database;
  session: ClientSession;
  /** The listing before and after the edit. */
  before: Pick<Listing, 'tenantId' | 'reviewId'>;
  listing: Listing;
  correlationId: string;
  by: Actor;
  at: Date;
  startDelayMs?: number;
}

/**
 * Ends the review of an edited listing within the caller's transaction, and opens that of its new revision. Returns the
 * start of the new review; null where the edit took everything back and nothing is left to review.
 */
export async function supersedeReview(input: SupersedeReviewInput): Promise<OutboxRow | null> {
  const { database, session, before, listing, by, at } = input;
  const { tenantId } = before;
  const change = {
    tenantId,
    reviewId: String(before.reviewId),
    step: `revision/${listing.revision}`,
    at: at.toISOString(),
    by,
  };
  const supersedes = await findReview({ database, session, change });
  await endReview({
    database,
    session,
    change,
    review: supersedes,
    to: listing.reviewId === null ? 'cancelled' : 'superseded',
  });
  if (listing.reviewId === null) return null;
  const { submittedBy, renewDays } = supersedes;
  const { row } = await acceptReview({ ...input, reviewId: listing.reviewId, submittedBy, renewDays, supersedes });
  return row;
}
