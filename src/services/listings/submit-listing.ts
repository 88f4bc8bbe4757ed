import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { moveByCommand } from '../../domain/listings/listing';
import { requireWithinReach } from '../../domain/listings/renewal';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import { applyStep } from '../apply-step';
import { findListingSettings } from './partner-settings';
import { acceptReview, newReviewId } from './reviews/accept-review';

export interface SubmitListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  /** The partner's own id of the person who submits; null where nobody is named. */
  submittedBy: string | null;
  /** The days by which the approval renews the listing, 1–365; left out or null where it does not. */
  renewDays?: number | null;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
  startDelayMs?: number;
}

/**
 * Submits the draft for review within the caller's transaction, or what buyers saw where an ended listing is to be
 * renewed. Returns the listing as it is then, and the start of its review, to be sent once the transaction has
 * committed.
 * @throws DomainError as `moveByCommand`; `RENEWAL_TOO_FAR`
 */
export async function submitListing(input: SubmitListingInput): Promise<{ listing: Listing; row: OutboxRow }> {
  const { database, session, listing, renewDays = null, at, by } = input;
  const { tenantId } = listing;
  const to = moveByCommand({ command: 'submit', listing: commanded(listing), renews: renewDays !== null, at });
  if (renewDays !== null) {
    const { timeZone } = await findListingSettings({ database, session, tenantId });
    requireWithinReach({ listing, days: renewDays, timeZone, at, field: 'renewDays' });
  }
  const reviewId = newReviewId();
  let started: OutboxRow | undefined;
  const step = await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId: listing._id,
      step: `submit/${reviewId}`,
      from: [listing.state],
      // A listing whose time has passed, but which nothing has moved yet, keeps its state in the store.
      ...(to === 'in_review' ? { to } : {}),
      set: { reviewId },
      at: at.toISOString(),
      by,
      event: {
        type: 'listing.submitted',
        data: { revision: listing.contentRevision, reviewId, ...(renewDays === null ? {} : { renewDays }) },
      },
      alongside: async (within, submittedAt) => {
        const review = { ...input, renewDays, session: within, reviewId, supersedes: null, at: submittedAt };
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
