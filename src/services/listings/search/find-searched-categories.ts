import { readWithin, type CallerDeadline } from '../../../contracts/listings/caller-deadline';
import { DomainError } from '../../../domain/domain-error';
import type { CategoryAttribute } from '../../../domain/listings/categories';
import { MAX_CATEGORY_DEPTH } from '../../../domain/listings/categories';
import type { Database } from '../../../models/database';
import type { ListingCategory } from '../../../models/listings/listing-category';
import { findCategory } from '../find-category';

export interface FindSearchedCategoriesInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  /** The category of the search; null without one. */
  slug: string | null;
  /** The keys of the attributes that the search names. */
  keys: readonly string[];
  deadline: CallerDeadline;
}

export interface SearchedCategories {
  /** The category and all below it; null without one. */
  categories: string[] | null;
  /** The definitions of attributes there, or of the named ones in all categories. */
  known: CategoryAttribute[];
}

/** Enough to know a key and its values; a tenant that defines an attribute more often defines it alike. */
const MAX_DEFINITIONS = 200;

/** Returns the categories of a search with their attributes. @throws DomainError `CATEGORY_UNKNOWN` */
export async function findSearchedCategories(input: FindSearchedCategoriesInput): Promise<SearchedCategories> {
  const { database, tenantId, slug, keys, deadline } = input;
  const { listingCategories } = database.models;
  if (slug === null) {
    if (keys.length === 0) return { categories: null, known: [] };
    const defining = await listingCategories
      .find({ tenantId, 'attributes.key': { $in: [...keys] } }, { attributes: 1 }, readWithin(deadline))
      .limit(MAX_DEFINITIONS)
      .lean();
    return { categories: null, known: defining.flatMap(({ attributes }) => attributes) };
  }
  const top = await findCategory({ database, tenantId, slug });
  if (!top)
    throw new DomainError(
      'CATEGORY_UNKNOWN',
      `There is no category "${slug}": send the slug of one, or leave it out.`,
      {
        pointer: '/category',
      },
    );
  // Those of a thousand categories are read only where the search names some.
  const attributes = keys.length === 0 ? {} : { attributes: 1 };
  const found: Pick<ListingCategory, 'slug' | 'attributes'>[] = [top];
  let level = [slug];
  for (let depth = 1; depth < MAX_CATEGORY_DEPTH && level.length > 0; depth += 1) {
    const below = await listingCategories
      .find({ tenantId, parent: { $in: level } }, { slug: 1, ...attributes }, readWithin(deadline))
      .lean();
    found.push(...below);
    level = below.map((category) => category.slug);
  }
  return {
    categories: found.map((category) => category.slug),
    known: keys.length === 0 ? [] : found.flatMap((category) => category.attributes),
  };
}
