import { trusted } from 'mongoose';
import type { FoundDuplicate } from '../../domain/listings/checks/duplicates';
import type { ListingContent } from '../../domain/listings/content';
import type { Database } from '../../models/database';
import { textHashOf } from './text-hash';

/** Duplicates of each kind that are looked up; more say nothing new. */
const MOST_OF_A_KIND = 10;

export interface FindDuplicatesInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  content: Pick<ListingContent, 'title' | 'description'>;
  /** See `ownerKeyOf`. */
  ownerKey: string | null;
  /** The listing that the content is for; null where there is none yet. */
  listingId: string | null;
}

/** Returns the tenant's other listings with the same text, at most 10 of the owner and 10 of others. */
export async function findDuplicates(input: FindDuplicatesInput): Promise<FoundDuplicate[]> {
  const { ownerKey } = input;
  const [own, others] = await Promise.all([
    find(input, { ownerKey }),
    find(input, { ownerKey: trusted({ $ne: ownerKey }) }),
  ]);
  return [
    ...own.map((listingId) => ({ listingId, hasSameOwner: true })),
    ...others.map((listingId) => ({ listingId, hasSameOwner: false })),
  ];
}

async function find(
  { database: { models }, tenantId, content, listingId }: FindDuplicatesInput,
  owner: object,
): Promise<string[]> {
  const found = await models.listings
    .find({ tenantId, textHash: textHashOf(content), ...owner }, { _id: 1 })
    .sort({ ownerKey: 1, _id: 1 })
    // One more, as the listing itself may be among them.
    .limit(MOST_OF_A_KIND + 1)
    .lean();
  return found
    .map(({ _id }) => _id)
    .filter((id) => id !== listingId)
    .slice(0, MOST_OF_A_KIND);
}
