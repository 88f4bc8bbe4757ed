import { randomInt } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { isSlug } from '../../domain/listings/categories';
import type { Database } from '../../models/database';
import { slotIdsOf } from '../../models/listings/category-slot';
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

/** Transactions of this process take the slots in turn, and those of others begin elsewhere. */
let lastSlot = randomInt(1024);
const slotOf = new WeakMap<ClientSession, number>();

/**
 * Returns the category into which a transaction puts a listing; null where there is none. The category is not deleted
 * beside the transaction: one of the two is tried again, and sees what the other did.
 */
export async function enterCategory(
  input: FindCategoryInput & { session: ClientSession },
): Promise<ListingCategory | null> {
  const { database, session, tenantId, slug } = input;
  const category = await findCategory(input);
  if (!category) return null;
  const slot = slotOf.get(session) ?? (lastSlot += 1);
  slotOf.set(session, slot);
  const ids = slotIdsOf(categoryIdOf({ tenantId, slug }));
  await database.models.categorySlots.updateOne(
    { _id: ids[slot % ids.length], tenantId },
    { $inc: { uses: 1 } },
    { session },
  );
  return category;
}
