import type { ClientSession } from 'mongoose';
import type { EventType } from '../../contracts/events';
import type { Actor } from '../../domain/actor';
import { moveByCommand, type ListingCommand, type StoredListingState } from '../../domain/listings/listing';
import { nextNoticeOf } from '../../domain/listings/expiry/notices';
import type { Database } from '../../models/database';
import type { Listing, ListingSuspension } from '../../models/listings/listing';
import { applyStep } from '../apply-step';
import { findListingSettings } from './partner-settings';
import { endReview } from './reviews/end-review';
import { findReview } from './reviews/review-step';
import { commanded } from './submit-listing';

export type MovingCommand = Exclude<ListingCommand, 'submit' | 'renew' | 'expire'>;

export interface MoveListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  command: MovingCommand;
  /** Facts of the command, kept with its event. */
  data: Record<string, unknown>;
  /** Set by `suspend`. */
  suspension?: Omit<ListingSuspension, 'at'>;
  /** The name of the step, unique per request. */
  step: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

const events: Record<MovingCommand, EventType> = {
  withdraw: 'listing.withdrawn',
  republish: 'listing.republished',
  suspend: 'listing.suspended',
  reinstate: 'listing.reinstated',
};

/**
 * Withdraws, republishes, suspends or reinstates a listing within the caller's transaction. A listing that is withdrawn
 * before its first decision ends its review; the review of a published listing's draft goes on.
 * @throws DomainError as `moveByCommand`
 */
export async function moveListing(input: MoveListingInput): Promise<Listing> {
  const { database, session, listing, command, data, step, by, at } = input;
  const { tenantId, reviewId } = listing;
  const to = moveByCommand({ command, listing: commanded(listing), at });
  const endsReview = listing.state === 'in_review' && reviewId !== null;
  const set = {
    ...(endsReview ? { reviewId: null } : {}),
    suspension: command === 'suspend' && input.suspension ? { ...input.suspension, at } : null,
    nextNoticeAt: await nextNoticeAfter({ ...input, to }),
  };
  const applied = await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId: listing._id,
      step,
      from: [listing.state],
      to,
      set,
      at: at.toISOString(),
      by,
      event: { type: events[command], data },
      alongside: async (within, movedAt) => {
        if (!endsReview) return;
        const change = { tenantId, reviewId, step: 'withdraw', at: movedAt.toISOString(), by };
        const review = await findReview({ database, session: within, change });
        await endReview({ database, session: within, change, review, to: 'cancelled' });
      },
    },
    session,
  );
  return { ...listing, ...set, state: to, version: applied.version, updatedAt: new Date(applied.at) };
}

/** Returns the instant of the next notice; null while neither buyers see the listing nor its time has passed. */
async function nextNoticeAfter({
  database,
  session,
  listing: { tenantId, endSetAt, remindedDays, lastDay, expiresAt },
  to,
  at,
}: MoveListingInput & { to: StoredListingState }): Promise<Date | null> {
  if (to !== 'live' && to !== 'expired') return null;
  if (endSetAt === null || lastDay === null || expiresAt === null) return null;
  const settings = await findListingSettings({ database, session, tenantId });
  return nextNoticeOf({ settings, since: endSetAt, remindedDays, at, lastDay, expiresAt });
}
