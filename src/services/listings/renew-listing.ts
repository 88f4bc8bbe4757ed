import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { moveByCommand } from '../../domain/listings/listing';
import { renewByCommand } from '../../domain/listings/renewal';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { applyStep, type StepEvent } from '../apply-step';
import { findListingSettings } from './partner-settings';
import { setEnd } from './set-end';
import { commanded } from './submit-listing';

export interface RenewListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  /** 1–365. */
  days: number;
  /** The name of the step, unique per request. */
  step: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

/**
 * Renews a live or an expired listing within the caller's transaction. Returns the listing as it is then.
 * @throws DomainError as `moveByCommand` and `renewByCommand`
 */
export async function renewListing(input: RenewListingInput): Promise<Listing> {
  const { database, session, listing, days, step, by, at } = input;
  const { _id: entityId, tenantId } = listing;
  const to = moveByCommand({ command: 'renew', listing: commanded(listing), at });
  const settings = await findListingSettings({ database, session, tenantId });
  const set = setEnd({ lastDay: renewByCommand({ ...settings, listing, days, at }), settings, at });
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
      event: renewalEvent({ listing, days, lastDay: set.lastDay }),
    },
    session,
  );
  return { ...listing, ...set, state: to, version: applied.version, updatedAt: new Date(applied.at) };
}

export interface RenewalEventInput {
  /** The listing before its renewal. */
  listing: Pick<Listing, 'lastDay'>;
  /** The days that were asked for. */
  days: number;
  lastDay: string;
}

/** Returns the event of a renewal, with the last day before and after it. */
export const renewalEvent = ({ listing, days, lastDay }: RenewalEventInput): StepEvent => ({
  type: 'listing.renewed',
  data: { days, lastDay, lastDayBefore: listing.lastDay },
});
