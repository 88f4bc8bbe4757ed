import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { moveByCommand } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import { applyStep } from '../apply-step';
import { acceptReview, newReviewId } from './reviews/accept-review';

export interface SubmitListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  /** The partner's own id of the person who submits; null where nobody is named. */
  submittedBy: string | null;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
  startDelayMs?: number;
}

/**
 * Submits the draft for review within the caller's transaction. Returns the listing as it is then, and the start of its
 * review, to be sent once the transaction has committed.
 * @throws DomainError `LISTING_IN_REVIEW`, `LISTING_SUSPENDED`, `NOTHING_TO_SUBMIT`
 */
export async function submitListing(input: SubmitListingInput): Promise<{ listing: Listing; row: OutboxRow }> {
  const { database, session, listing, at, by } = input;
  const to = moveByCommand({ command: 'submit', listing: commanded(listing), at });
  const reviewId = newReviewId();
  let started: OutboxRow | undefined;
  const step = await applyStep(
    database,
    {
      tenantId: listing.tenantId,
      entityType: 'listing',
      entityId: listing._id,
      step: `submit/${reviewId}`,
      from: [listing.state],
      // A listing whose time has passed, but which nothing has moved yet, keeps its state in the store.
      ...(to === 'in_review' ? { to } : {}),
      set: { reviewId },
      at: at.toISOString(),
      by,
      event: { type: 'listing.submitted', data: { revision: listing.revision, reviewId } },
      alongside: async (within, submittedAt) => {
        const review = { ...input, session: within, reviewId, supersedes: null, at: submittedAt };
        started = (await acceptReview(review)).row;
      },
    },
    session,
  );
  const state = to === 'in_review' ? to : listing.state;
  const submitted = { ...listing, reviewId, state, version: step.version, updatedAt: new Date(step.at) };
  return { listing: submitted, row: started! };
}

/** Returns what a command needs to know of a listing. */
export const commanded = ({ state, expiresAt, draft, reviewId }: Listing) => ({
  state,
  expiresAt,
  hasDraft: draft !== null,
  isReviewed: reviewId !== null,
});
