import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { ListingCategory } from '../../models/listings/listing-category';
import { enterCategory } from './find-category';
import { findListingSettings, type PartnerListingSettings } from './partner-settings';
import { hasUser } from './require-owner';

/** What the rules of a new listing read, each thing once for all listings of a transaction. */
export interface ListingLookups {
  /** See `enterCategory`. */
  category: (slug: string) => Promise<ListingCategory | null>;
  settings: () => Promise<PartnerListingSettings>;
  hasUser: (userId: string) => Promise<boolean>;
}

export interface CreateListingLookupsInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
}

export function createListingLookups(input: CreateListingLookupsInput): ListingLookups {
  const found = new Map<string, Promise<unknown>>();
  const once = <Value>(name: string, find: () => Promise<Value>): Promise<Value> => {
    const earlier = found.get(name) as Promise<Value> | undefined;
    const value = earlier ?? find();
    found.set(name, value);
    return value;
  };
  return {
    category: (slug) => once(`category/${slug}`, () => enterCategory({ ...input, slug })),
    settings: () => once('settings', () => findListingSettings(input)),
    hasUser: (userId) => once(`user/${userId}`, () => hasUser({ ...input, userId })),
  };
}
