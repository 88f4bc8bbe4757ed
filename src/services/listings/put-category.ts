import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import {
  MAX_CATEGORY_DEPTH,
  requireCategoryTerms,
  requirePlace,
  type CategoryTerms,
} from '../../domain/listings/categories';
import type { Database } from '../../models/database';
import { slotIdsOf } from '../../models/listings/category-slot';
import { categoryIdOf, type ListingCategory } from '../../models/listings/listing-category';
import { insertDocuments } from '../insert-documents';
import { findCategory } from './find-category';

interface CategoryInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  slug: string;
}

export interface PutCategoryInput extends CategoryInput {
  /** The category as the transaction sees it; null where there is none. */
  before: ListingCategory | null;
  terms: CategoryTerms;
  /** The tenant's business time. */
  at: Date;
}

/**
 * Creates or replaces a category within the caller's transaction. Equal terms change nothing. No listing is changed:
 * each is checked against the terms of the day on which it changes.
 * @throws DomainError `CATEGORY_INVALID`, `CATEGORY_UNKNOWN` for the parent; a MongoError with code 11000 where another
 *   transaction has created the category meanwhile.
 */
export async function putCategory(input: PutCategoryInput): Promise<ListingCategory> {
  const { database, session, tenantId, slug, before, at } = input;
  const { listingCategories } = database.models;
  const terms = requireCategoryTerms(input.terms);
  if (before && isSameTerms(before, terms)) return before;
  if (terms.parent !== null && terms.parent !== before?.parent) await moveBelow({ ...input, parent: terms.parent });
  if (!before) {
    const _id = categoryIdOf({ tenantId, slug });
    const created = { creation: randomUUID().slice(0, 8), version: 1, changesBelow: 0, createdAt: at, updatedAt: at };
    const category: ListingCategory = { _id, tenantId, slug, ...created, ...terms };
    await insertDocuments({ model: listingCategories, documents: [category], session });
    const slots = slotIdsOf(_id).map((id) => ({ _id: id, tenantId, uses: 0 }));
    await insertDocuments({ model: database.models.categorySlots, documents: slots, session });
    return category;
  }
  return listingCategories
    .findOneAndUpdate(
      { _id: before._id, tenantId },
      { $set: terms, $max: { updatedAt: at }, $inc: { version: 1 } },
      { session, returnDocument: 'after' },
    )
    .lean()
    .orFail();
}

const termNames = ['names', 'parent', 'attributes', 'price', 'durationDays', 'review'] as const;

/** Compares terms that the same function made: the members of each object are in one order. */
const isSameTerms = (one: CategoryTerms, other: CategoryTerms): boolean =>
  termNames.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));

/**
 * Accepts a new place in the tree. Every category above is written, so that no other change of the branch, and no
 * deletion in it, commits beside this one.
 */
async function moveBelow(input: PutCategoryInput & { parent: string }): Promise<void> {
  const { database, session, tenantId, slug, before, parent } = input;
  // A new category would only be unknown as its own parent.
  if (parent === slug) requirePlace({ slug, ancestors: [parent], height: 1 });
  const ancestors = await ancestorsOf(input, parent);
  requirePlace({ slug, ancestors: ancestors.map((one) => one.slug), height: before ? await heightOf(input) : 1 });
  await database.models.listingCategories.updateMany(
    { _id: { $in: ancestors.map(({ _id }) => _id) }, tenantId },
    { $inc: { changesBelow: 1 } },
    { session },
  );
}

/** Returns the categories from `parent` to the top, as far as the deepest allowed tree reaches. */
async function ancestorsOf({ database, session, tenantId }: CategoryInput, parent: string): Promise<ListingCategory[]> {
  const ancestors: ListingCategory[] = [];
  for (let next: string | null = parent; next !== null && ancestors.length <= MAX_CATEGORY_DEPTH;) {
    const found: ListingCategory | null = await findCategory({ database, session, tenantId, slug: next });
    if (!found)
      throw new DomainError('CATEGORY_UNKNOWN', `There is no category "${next}": create it first.`, {
        pointer: '/parent',
      });
    ancestors.push(found);
    next = found.parent;
  }
  return ancestors;
}

/** Returns the levels from the category down to its lowest child, as far as the deepest allowed tree reaches. */
async function heightOf({ database, session, tenantId, slug }: CategoryInput): Promise<number> {
  let height = 0;
  for (let level = [slug]; level.length > 0 && height < MAX_CATEGORY_DEPTH; height += 1) {
    const below = await database.models.listingCategories
      .find({ tenantId, parent: { $in: level } }, { slug: 1 })
      .session(session)
      .lean();
    level = below.map((one) => one.slug);
  }
  return height;
}
