import { DomainError } from '../domain-error';
import { compareMoney, type Money } from '../money';

export const attributeTypes = ['text', 'number', 'boolean', 'option'] as const;
export type AttributeType = (typeof attributeTypes)[number];

export const reviewPolicies = ['always', 'flagged', 'never'] as const;
export type ReviewPolicy = (typeof reviewPolicies)[number];

/** A name in each language that buyers read. */
export interface CategoryNames {
  en: string;
  de: string;
}

export interface CategoryAttribute {
  key: string;
  names: CategoryNames;
  type: AttributeType;
  /** The values that an `option` may have; empty for every other type. */
  options: string[];
  /** A draft may lack it all the same. */
  required: boolean;
  facet: boolean;
}

/** Bounds of a price, both inclusive; null where there is none. Both are in one currency. */
export interface PriceRule {
  required: boolean;
  min: Money | null;
  max: Money | null;
}

/** The definition of a category. */
export interface CategoryTerms {
  names: CategoryNames;
  /** The slug of the category above; null at the top. */
  parent: string | null;
  attributes: CategoryAttribute[];
  /** Null where a listing may have any price, or none. */
  price: PriceRule | null;
  /** The days for which a listing is published; null where the partner's setting holds. */
  durationDays: number | null;
  /** Null where the partner's policy holds. */
  review: ReviewPolicy | null;
}

/** A category at the top has depth 1. */
export const MAX_CATEGORY_DEPTH = 4;

const MAX_SLUG_LENGTH = 60;

/** Returns true for 1–60 lower-case letters and digits in words that single dashes separate. */
export const isSlug = (text: string): boolean =>
  text.length <= MAX_SLUG_LENGTH && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);

/**
 * Returns the terms of a category.
 * @throws DomainError `CATEGORY_INVALID`, pointing at the field: a key that two attributes have, options where none may
 *   be or none where one must, bounds of two currencies or in the wrong order.
 */
export function requireCategoryTerms(terms: CategoryTerms): CategoryTerms {
  terms.attributes.forEach((attribute, index) => requireAttribute(attribute, index, terms.attributes));
  requireBounds(terms.price);
  return terms;
}

function requireAttribute(
  { key, type, options }: CategoryAttribute,
  index: number,
  all: readonly CategoryAttribute[],
): void {
  const first = all.findIndex((other) => other.key === key);
  if (first < index)
    throw invalid(
      `/attributes/${index}/key`,
      `Duplicate key "${key}" (also at /attributes/${first}): send another one.`,
    );
  const hasOptions = options.length > 0;
  if (hasOptions === (type === 'option')) return;
  const detail = hasOptions
    ? `"${key}" is a ${type}, which has no options: leave them out, or make its type option.`
    : `"${key}" is an option: send at least one value for it.`;
  throw invalid(`/attributes/${index}/options`, detail);
}

function requireBounds(price: PriceRule | null): void {
  if (!price?.min || !price.max) return;
  const { min, max } = price;
  if (min.currency !== max.currency)
    throw invalid('/price/max/currency', `min is in ${min.currency}: send max in the same currency.`);
  if (compareMoney(min, max) > 0) throw invalid('/price/max/amountMinor', 'max is below min: exchange the two.');
}

export interface RequirePlaceInput {
  slug: string;
  /** The slugs from the new parent to the top; empty at the top. */
  ancestors: readonly string[];
  /** The levels of categories from this one down to its lowest child; 1 without children. */
  height: number;
}

/**
 * Accepts the place of a category in the tree.
 * @throws DomainError `CATEGORY_INVALID`, pointing at the parent, where the category would stand below itself, or a
 *   category deeper than four levels.
 */
export function requirePlace({ slug, ancestors, height }: RequirePlaceInput): void {
  if (ancestors[0] === slug) throw invalid('/parent', `"${slug}" cannot be its own parent: send another category.`);
  if (ancestors.includes(slug))
    throw invalid('/parent', `The parent stands below "${slug}": send a category that does not.`);
  const depth = ancestors.length + height;
  if (depth > MAX_CATEGORY_DEPTH)
    throw invalid(
      '/parent',
      `The tree would be ${depth} levels deep; at most ${MAX_CATEGORY_DEPTH} levels are allowed: send a higher parent.`,
    );
}

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('CATEGORY_INVALID', detail, { pointer });
