import { trusted } from 'mongoose';
import type { FoundDuplicate } from '../../domain/listings/checks/duplicates';
import type { ListingContent } from '../../domain/listings/content';
import type { Database } from '../../models/database';
import { imageHashesOf, textHashOf } from './text-hash';

/** Duplicates of each kind that are looked up; more say nothing new. */
const MOST_OF_A_KIND = 10;

export interface FindDuplicatesInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  content: Pick<ListingContent, 'title' | 'description' | 'images'>;
  /** See `ownerKeyOf`. */
  ownerKey: string | null;
  /** The listing that the content is for; null where there is none yet. */
  listingId: string | null;
}

/**
 * Returns the tenant's other listings with the same text or with an image of the same URL: of each kind at most 10 of
 * the owner and 10 of others.
 */
export async function findDuplicates(input: FindDuplicatesInput): Promise<FoundDuplicate[]> {
  const { content, ownerKey } = input;
  const hashes = imageHashesOf(content);
  const kinds = [
    { same: 'text', mark: { textHashes: textHashOf(content) } },
    ...(hashes.length === 0 ? [] : [{ same: 'image', mark: { imageHashes: trusted({ $in: hashes }) } } as const]),
  ] as const;
  const found = kinds.flatMap(({ same, mark }) =>
    [true, false].map(async (hasSameOwner) => {
      const owner = { ownerKey: hasSameOwner ? ownerKey : trusted({ $ne: ownerKey }) };
      return (await find(input, { ...mark, ...owner })).map((listingId) => ({ listingId, same, hasSameOwner }));
    }),
  );
  return (await Promise.all(found)).flat();
}

async function find(
  { database: { models }, tenantId, listingId }: FindDuplicatesInput,
  filter: object,
): Promise<string[]> {
  const found = await models.listings
    .find({ tenantId, ...filter }, { _id: 1 })
    .sort({ ownerKey: 1, _id: 1 })
    // One more, as the listing itself may be among them.
    .limit(MOST_OF_A_KIND + 1)
    .lean();
  return found
    .map(({ _id }) => _id)
    .filter((id) => id !== listingId)
    .slice(0, MOST_OF_A_KIND);
}
