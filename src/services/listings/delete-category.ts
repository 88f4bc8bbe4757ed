import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import { slotIdsOf } from '../../models/listings/category-slot';
import type { ListingCategory } from '../../models/listings/listing-category';

export interface DeleteCategoryInput {
  database: Database;
  session: ClientSession;
  category: Pick<ListingCategory, '_id' | 'tenantId' | 'slug'>;
}

/**
 * Deletes a category within the caller's transaction.
 * @throws DomainError `CATEGORY_IN_USE` while another category or a listing is in it.
 */
export async function deleteCategory({ database: { models }, session, category }: DeleteCategoryInput): Promise<void> {
  const { _id, tenantId, slug } = category;
  const child = await models.listingCategories.findOne({ tenantId, parent: slug }, { slug: 1 }).session(session).lean();
  if (child)
    throw inUse(`The category "${child.slug}" is below this one: move or delete it first.`, {
      conflictsWith: child.slug,
    });
  const inCategory = async (filter: object) =>
    models.listings
      .findOne({ tenantId, ...filter }, { _id: 1 })
      .session(session)
      .lean();
  const listing = (await inCategory({ category: slug })) ?? (await inCategory({ 'live.category': slug }));
  if (listing)
    throw inUse('Listings are in the category: give them another category, or delete them, first.', {
      conflictsWith: listing._id,
    });
  // A transaction that puts a listing into the category has written one of these.
  await models.categorySlots.deleteMany({ _id: { $in: slotIdsOf(_id) }, tenantId }, { session });
  await models.listingCategories.deleteOne({ _id, tenantId }, { session });
}

const inUse = (detail: string, details: { conflictsWith: string }): DomainError =>
  new DomainError('CATEGORY_IN_USE', detail, details);
