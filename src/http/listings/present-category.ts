import type { CategoryAttribute, CategoryTerms } from '../../domain/listings/categories';
import type { Money } from '../../domain/money';
import type { ListingCategory } from '../../models/listings/listing-category';
import type { components } from '../generated/openapi-types';

type Schemas = components['schemas'];

/** Returns the terms of a category from a request's body, in the form in which they are stored and compared. */
export const termsOfBody = (body: Schemas['ListingCategoryPut']): CategoryTerms => ({
  names: namesOf(body.names),
  parent: body.parent ?? null,
  attributes: (body.attributes ?? []).map(attributeOf),
  price: body.price
    ? { required: body.price.required ?? false, min: moneyIn(body.price.min), max: moneyIn(body.price.max) }
    : null,
  durationDays: body.durationDays ?? null,
  review: body.review ?? null,
});

const namesOf = ({ en, de }: Schemas['CategoryNames']): CategoryTerms['names'] => ({ en, de });

const moneyIn = (money: Schemas['ListingPrice'] | null | undefined): Money | null =>
  money ? { amountMinor: money.amountMinor, currency: money.currency } : null;

const attributeOf = (attribute: Schemas['CategoryAttribute']): CategoryAttribute => ({
  key: attribute.key,
  names: namesOf(attribute.names),
  type: attribute.type,
  // As the attributes of listings are stored.
  options: [...new Set((attribute.options ?? []).map((option) => option.normalize()))],
  required: attribute.required ?? false,
  facet: attribute.facet ?? false,
});

/** Returns the API representation of a category. */
export const presentCategory = (category: ListingCategory): Schemas['ListingCategory'] => ({
  slug: category.slug,
  names: category.names,
  parent: category.parent,
  attributes: category.attributes,
  price: category.price,
  durationDays: category.durationDays,
  review: category.review,
  createdAt: category.createdAt.toISOString(),
  updatedAt: category.updatedAt.toISOString(),
});

/** Returns the API representation of a category as buyers see it: without what concerns the publication. */
export const presentCategoryForBuyers = (category: ListingCategory): Schemas['ListingCategoryForBuyers'] => ({
  slug: category.slug,
  names: category.names,
  parent: category.parent,
  attributes: category.attributes,
  price: category.price,
});
