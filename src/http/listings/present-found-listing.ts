import type { Listing } from '../../models/listings/listing';
import type { components } from '../generated/openapi-types';
import { presentContent } from './present-listing';

/** Returns the API representation of a live listing as buyers see it. */
export function presentFoundListing(listing: Listing): components['schemas']['FoundListing'] {
  const { _id: id, live, ownerRef, publishedAt, lastDay, expiresAt } = listing;
  if (!live || !publishedAt || lastDay === null || !expiresAt) throw new Error(`${id} was never published`);
  return {
    id,
    ...presentContent(live),
    ownerRef,
    publishedAt: publishedAt.toISOString(),
    lastDay,
    expiresAt: expiresAt.toISOString(),
  };
}
