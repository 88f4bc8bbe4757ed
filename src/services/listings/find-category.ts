import type { ClientSession } from 'mongoose';
import { isSlug } from '../../domain/listings/categories';
import type { Database } from '../../models/database';
import { categoryIdOf, type ListingCategory } from '../../models/listings/listing-category';

export interface FindCategoryInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  tenantId: string;
  /** Any text; one that is no slug finds nothing. */
  slug: string;
}

/** Returns a tenant's category; null where there is none. */
export async function findCategory({
  database: { models },
  session,
  tenantId,
  slug,
}: FindCategoryInput): Promise<ListingCategory | null> {
  if (!isSlug(slug)) return null;
  return models.listingCategories
    .findOne({ _id: categoryIdOf({ tenantId, slug }), tenantId })
    .session(session ?? null)
    .lean();
}
