import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import { moveByCommand } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { applyStep } from '../apply-step';
import { findListingSettings } from './partner-settings';
import { setEnd } from './set-end';
import { commanded } from './submit-listing';

export interface ExpireListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  /** The end of the listing when the request came. */
  expiresAt: Date | null;
  /** The name of the step, unique per request. */
  step: string;
  by: Actor;
  /** The tenant's business time, which becomes the end of the listing. */
  at: Date;
}

/**
 * Ends a live listing within the caller's transaction. Returns the listing as it is then. The review of its draft goes
 * on.
 * @throws DomainError as `moveByCommand`; `ILLEGAL_STATE` for a listing that was renewed since the request came
 */
export async function expireListing(input: ExpireListingInput): Promise<Listing> {
  const { database, session, listing, expiresAt, step, by, at } = input;
  const { _id: entityId, tenantId } = listing;
  const to = moveByCommand({ command: 'expire', listing: commanded(listing), at });
  if (listing.expiresAt?.getTime() !== expiresAt?.getTime())
    throw new DomainError(
      'ILLEGAL_STATE',
      `The listing was renewed meanwhile, and its last day is ${listing.lastDay} now: send a new request to end it.`,
    );
  const settings = await findListingSettings({ database, session, tenantId });
  const set = setEnd({ lastDay: null, settings, at });
  const applied = await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId,
      step,
      from: [listing.state],
      to,
      set,
      at: at.toISOString(),
      by,
      event: { type: 'listing.expired', data: { lastDay: set.lastDay } },
    },
    session,
  );
  return { ...listing, ...set, state: to, version: applied.version, updatedAt: new Date(applied.at) };
}
