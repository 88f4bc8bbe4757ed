import type { CategoryTerms, ReviewPolicy } from '../../domain/listings/categories';
import { requireInCategory, type ContentPatch, type ListingContent } from '../../domain/listings/content';
import { newestContent, type EditedListing } from '../../domain/listings/edit-listing';
import { changedFields, differencesOf } from '../../domain/listings/revisions';
import { DEAREST_PRICE, LEAST_PRICE, NO_PRICE, type ListingPatch } from './listing-sequences';

/** The content of a listing, as far as the sequences change it. */
export interface SeenContent {
  title: string;
  category: string;
  price: number;
}

/** The content with which every listing begins. */
export const firstContent: SeenContent = { title: 'A red bicycle', category: 'bikes', price: 200 };
export const description = 'A bicycle for every day, kept dry and ridden for two summers. New tyres and a new chain.';

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const priceRules = {
  bikes: { required: true, min: LEAST_PRICE, max: 1_000_000 },
  scooters: { required: false, min: 250, max: DEAREST_PRICE },
};

/** Returns the categories of the sequences, whose bounds of the price overlap. */
export const categoriesOf = (review: ReviewPolicy) =>
  Object.entries(priceRules).map(([slug, { required, min, max }]) => {
    const price = { required, min: eur(min), max: eur(max) };
    const names = { en: slug, de: slug };
    return { slug, terms: { names, parent: null, attributes: [], price, durationDays: null, review } };
  });

const priceRuleOf = ({ category }: SeenContent) => priceRules[category as keyof typeof priceRules];

interface ModelContents {
  live: SeenContent | null;
  draft: SeenContent | null;
}

export interface ModelEdit extends ModelContents {
  hasChanged: boolean;
  isTaken: boolean;
  /** Buyers see all that changed, and a price is left: the review goes on. */
  isInstant: boolean;
}

/**
 * What must come of an edit: a live listing shows another price at once, unless its draft is in another category, and
 * everything else waits. A price that changes, or moves to another category, is within the bounds of the category that
 * it is in then; none is taken where buyers lose one that is required.
 */
export function editedInModel({ live, draft }: ModelContents, patch: ListingPatch, isLive: boolean): ModelEdit {
  const before = draft ?? live!;
  const newest = { ...before, ...patch };
  const showsPrices = isLive && live!.category === newest.category;
  const after = showsPrices && patch.price !== undefined ? { ...live!, price: patch.price } : live;
  const losesPrice = after !== null && after.price === NO_PRICE && live!.price !== NO_PRICE;
  return {
    live: after,
    draft: after && isSame(after, newest) ? null : newest,
    hasChanged: !isSame(before, newest) || (after !== null && !isSame(after, live!)),
    isTaken: isWithinBounds(newest) && !(losesPrice && priceRuleOf(after).required),
    isInstant:
      isLive &&
      isSame({ ...before, price: newest.price }, newest) &&
      (newest.price === before.price || (showsPrices && newest.price !== NO_PRICE)),
  };
}

const isSame = (one: SeenContent, other: SeenContent): boolean =>
  one.title === other.title && one.category === other.category && one.price === other.price;

function isWithinBounds(content: SeenContent): boolean {
  const { min, max } = priceRuleOf(content);
  return content.price === NO_PRICE || (content.price >= min && content.price <= max);
}

type Contents = Pick<EditedListing, 'live' | 'draft'>;

/** Checks an edit by the rules of its category, as the service does. @throws DomainError as `requireInCategory` */
export function requireEdited(
  before: Contents,
  { live, newest }: EditedListing,
  categoryOf: (content: { category: string }) => CategoryTerms,
): void {
  const changes = [
    { from: newestContent(before), content: newest, isShown: false },
    { from: before.live, content: live, isShown: true },
  ];
  for (const { from, content, isShown } of changes) {
    if (!from || !content) continue;
    const changed = changedFields(differencesOf(from, content));
    requireInCategory({ content, category: categoryOf(content), changed, isShown });
  }
}

/** Returns the patch as the API takes it. */
export const patchOf = ({ price, ...patch }: ListingPatch): ContentPatch => ({
  ...patch,
  ...(price === undefined ? {} : { price: price === NO_PRICE ? null : eur(price) }),
});

/** Returns content as the model has it. */
export const seenOf = (content: Pick<ListingContent, 'title' | 'category' | 'price'> | null): SeenContent | null =>
  content && {
    title: content.title,
    category: content.category,
    price: content.price?.amountMinor ?? NO_PRICE,
  };
