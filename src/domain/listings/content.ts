import { DomainError } from '../domain-error';
import { moneyOf, type Money } from '../money';
import { lengthOf } from '../values/text';
import { requireAttributes, requirePrice, type AttributeValue } from './attributes';
import type { CategoryTerms } from './categories';
import type { ListingImage } from './images';

export interface ListingPlace {
  name: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
}

/** The content of a listing: each change of it is a revision. Buyers see all of it but the metadata. */
export interface ListingContent {
  title: string;
  description: string;
  /** The slug of a category. */
  category: string;
  price: Money | null;
  attributes: Record<string, AttributeValue>;
  /** In the order in which buyers see them. Their URLs are judged by `requireImageUrls`, which knows the tenant. */
  images: ListingImage[];
  place: ListingPlace | null;
  /** The language of the texts, BCP 47. */
  language: string | null;
  /** The partner's own data. */
  metadata: Record<string, string>;
}

/** In code points, of the title without the white space around it. */
const MIN_TITLE_LENGTH = 3;

/** The fields of content that may be left out at first. */
type Optional = 'price' | 'attributes' | 'images' | 'place' | 'language' | 'metadata';

/** An image may be sent without its `alt`. */
export interface SentImages {
  images?: (Pick<ListingImage, 'url'> & Partial<ListingImage>)[];
}
export type NewContentInput = Omit<ListingContent, Optional> & Omit<Partial<ListingContent>, 'images'> & SentImages;

/**
 * Returns the content of a new listing, its title trimmed and its texts in NFC, so that a text that is typed otherwise
 * is no change. URLs stay as they are.
 * @throws DomainError `INVALID_REQUEST`, pointing at the title, where fewer than three characters are left of it; as
 *   `moneyOf` for the price.
 */
export function newContent({ price, images = [], place, ...input }: NewContentInput): ListingContent {
  return {
    title: requireTitle(input.title),
    description: input.description.normalize(),
    category: input.category,
    price: price ? moneyOf(price.amountMinor, price.currency) : null,
    attributes: normalised(input.attributes ?? {}),
    images: images.map(({ url, alt }) => ({ url, alt: alt?.normalize() ?? null })),
    place: place ? { name: place.name.normalize(), country: place.country } : null,
    language: input.language ?? null,
    metadata: normalised(input.metadata ?? {}),
  };
}

/** Returns named values with their texts in NFC, so that an option is one however it was typed. */
const normalised = <Value>(values: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'string' ? (value.normalize() as typeof value) : value,
    ]),
  );

function requireTitle(text: string): string {
  const title = text.normalize().trim();
  if (lengthOf(title) >= MIN_TITLE_LENGTH) return title;
  const detail = `title must have at least ${MIN_TITLE_LENGTH} characters, not counting white space around them.`;
  throw new DomainError('INVALID_REQUEST', detail, { pointer: '/title' });
}

/** Returns stored content with its images: content from before listings had images lacks the field. */
export const withImages = (content: Omit<ListingContent, 'images'> & Partial<ListingContent>): ListingContent => ({
  ...content,
  images: content.images ?? [],
});

/** Changes of content: a field left out stays; attributes, images and metadata are replaced as a whole. */
export type ContentPatch = Omit<Partial<ListingContent>, 'images'> & SentImages;

/** Returns the content with its changes. @throws DomainError as `newContent` */
export const patchContent = (content: ListingContent, patch: ContentPatch): ListingContent =>
  newContent({ ...content, ...patch });

/** The fields that a category has rules for. */
export const categoryFields = ['category', 'attributes', 'price'] as const satisfies (keyof ListingContent)[];

export interface RequireInCategoryInput {
  content: ListingContent;
  /** The category that the content names; null where there is none. */
  category: CategoryTerms | null;
  /** The fields that change; defaults to all. */
  changed?: readonly string[];
  /** True for the content that buyers see. Defaults to false, for a draft. */
  isShown?: boolean;
}

/**
 * Accepts content by the rules of its category: each field where it or the category changes, so that a request is
 * refused for what it sends. A draft may lack what is required.
 * @throws DomainError as `requireCategory`, `requireAttributes` and `requirePrice`
 */
export function requireInCategory({
  content,
  category: found,
  changed = categoryFields,
  isShown = false,
}: RequireInCategoryInput): void {
  const isMoved = changed.includes('category');
  const category = requireCategory({ slug: content.category, category: found, isSent: isMoved });
  if (isMoved || changed.includes('attributes')) requireAttributes({ attributes: content.attributes, category });
  if (isMoved || changed.includes('price'))
    requirePrice({ price: content.price, rule: category.price, slug: content.category, isShown });
}

export interface RequireCategoryInput<Category extends CategoryTerms> {
  slug: string;
  /** The category that was found under the slug; null where none was. */
  category: Category | null;
  /** False where the request did not name the category, but its listing does. */
  isSent?: boolean;
}

/** Returns the category that was found. @throws DomainError `CATEGORY_UNKNOWN` where none was */
export function requireCategory<Category extends CategoryTerms>({
  slug,
  category,
  isSent = true,
}: RequireCategoryInput<Category>): Category {
  if (category !== null) return category;
  const detail = isSent
    ? `There is no category "${slug}": send the slug of one of yours, or create it first (a POST then needs a new ` +
      'Idempotency-Key).'
    : `The listing's category "${slug}" no longer exists: send another category as well.`;
  throw new DomainError('CATEGORY_UNKNOWN', detail, { pointer: '/category' });
}
