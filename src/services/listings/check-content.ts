import { DomainError } from '../../domain/domain-error';
import { checkListing, type ListingCheck } from '../../domain/listings/checks/check-listing';
import { newContent, requireCategory, type NewContentInput } from '../../domain/listings/content';
import { ownerKeyOf, type ListingOwner } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import { findCategory } from './find-category';
import { findDuplicates } from './find-duplicates';
import { findListingSettings } from './partner-settings';
import { hasUser, requireOwner } from './require-owner';

export interface CheckContentInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  content: NewContentInput;
  owner: ListingOwner;
  /** The listing that the content is for, whose owner counts; null where there is none yet. */
  listingId: string | null;
}

/**
 * Checks content as if it were a listing's, by the partner's present settings; stores nothing.
 * @throws DomainError `CATEGORY_UNKNOWN`, `LISTING_UNKNOWN`, `OWNER_INVALID`, `USER_UNKNOWN`, and as `newContent`
 */
export async function checkContent(input: CheckContentInput): Promise<ListingCheck> {
  const { database, tenantId, listingId } = input;
  const content = newContent(input.content);
  const ownerKey = await findOwnerKey(input);
  const [category, settings, duplicates] = await Promise.all([
    findCategory({ database, tenantId, slug: content.category }),
    findListingSettings({ database, tenantId }),
    findDuplicates({ database, tenantId, content, ownerKey, listingId }),
  ]);
  return checkListing({
    content,
    category: requireCategory({ slug: content.category, category }),
    settings,
    listingId,
    duplicates,
    // A dry run calls nobody.
    imageProbes: new Map(),
  });
}

async function findOwnerKey({ database, tenantId, owner, listingId }: CheckContentInput): Promise<string | null> {
  if (listingId === null) {
    await requireOwner(owner, (userId) => hasUser({ database, tenantId, userId }));
    return ownerKeyOf(owner);
  }
  const listing = await database.models.listings.findOne({ _id: listingId, tenantId }, { ownerKey: 1 }).lean();
  if (listing) return listing.ownerKey;
  const detail = `There is no listing ${listingId}: send the id of one of yours, or leave it out.`;
  throw new DomainError('LISTING_UNKNOWN', detail, { pointer: '/listingId' });
}
