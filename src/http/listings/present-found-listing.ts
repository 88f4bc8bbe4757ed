import type { Listing } from '../../models/listings/listing';
import type { components } from '../generated/openapi-types';
import type { Caller } from '../pipeline/request-context';
import { presentContent } from './present-listing';

/** Returns true for a caller that sees what buyers see: a key with the scope `search` and without `read`. */
export const isBuyer = ({ scopes }: Caller): boolean => !scopes.includes('read');

/** Returns the API representation of a live listing as buyers see it. */
export function presentFoundListing(listing: Listing): components['schemas']['FoundListing'] {
  const { _id: id, live, publishedAt, lastDay, expiresAt } = listing;
  if (!live || !publishedAt || lastDay === null || !expiresAt) throw new Error(`${id} was never published`);
  return {
    id,
    ...presentContent(live),
    publishedAt: publishedAt.toISOString(),
    lastDay,
    expiresAt: expiresAt.toISOString(),
  };
}
