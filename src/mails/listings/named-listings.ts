import type { QueryFilter } from 'mongoose';
import { newestContent } from '../../domain/listings/edit-listing';
import { tenantOf } from '../../domain/tenant';
import type { Listing } from '../../models/listings/listing';
import type { LoadedMail, LoadMailInput } from '../mail-definition';
import type { Language } from '../mail-text';
import { withoutLinks } from '../typed-text';
import { loadOwnerMail, type OwnerFacts } from './owner-mail';

/** A listing as a mail names it. */
export interface NamedListing {
  title: string;
  /** ISO 8601 date in the partner's time zone; it counts in full. */
  lastDay: string;
  expiresAt: Date;
}

/** The facts of a mail that speaks for several listings of an owner. */
export interface ListingsFacts<Named extends NamedListing = NamedListing> extends OwnerFacts {
  /** The number of listings that the mail speaks for. */
  count: number;
  /** The first of them. */
  listings: Named[];
}

export const MAX_NAMED_LISTINGS = 10;

export interface LoadListingsInput extends Pick<LoadMailInput, 'models' | 'tenantId'> {
  ownerUserId: string;
  /** Finds the listings that the mail speaks for. */
  filter: QueryFilter<Listing>;
  sort: Record<string, 1>;
}

/**
 * Returns a mail to the owner of listings that names the first of them, on the partner's calendar and clock; null where
 * the owner is gone, or no listing is left to speak for.
 */
export async function loadListings(input: LoadListingsInput): Promise<LoadedMail<ListingsFacts> | null> {
  const { models, tenantId, ownerUserId, sort } = input;
  const owner = await loadOwnerMail({ models, tenantId, ownerUserId });
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId, { timeZone: 1 }).lean();
  if (!owner || !partner) return null;
  const filter = { ...input.filter, tenantId };
  const first = await models.listings
    .find(filter, { live: 1, draft: 1, lastDay: 1, expiresAt: 1 })
    .sort(sort)
    .limit(MAX_NAMED_LISTINGS)
    .lean();
  if (first.length === 0) return null;
  const count = first.length < MAX_NAMED_LISTINGS ? first.length : await models.listings.countDocuments(filter);
  const listings = first.map((listing) => ({
    title: withoutLinks((listing.live ?? newestContent(listing)).title),
    lastDay: listing.lastDay!,
    expiresAt: listing.expiresAt!,
  }));
  // The last day is one of the partner's calendar, and the midnight that ends it has to agree.
  return { ...owner, timeZone: partner.timeZone, facts: { ...owner.facts, count, listings } };
}

/** Returns the last line of a mail that names some of its listings; none where it names all. */
export function otherListings({ count, listings }: ListingsFacts, language: Language): string[] {
  const others = count - listings.length;
  if (others === 0) return [];
  return [language === 'de' ? `und ${others} weitere` : `and ${others} more`];
}

/** Returns an ISO 8601 date in words, such as "27 March 2027". */
export const dayIn = (language: Language, date: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(date),
  );
