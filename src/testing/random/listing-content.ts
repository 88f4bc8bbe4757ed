import type { Money } from '../../domain/money';
import type { CategoryTerms } from '../../domain/listings/categories';
import { requireInCategory, type ContentPatch } from '../../domain/listings/content';
import { newestContent, type EditedListing } from '../../domain/listings/edit-listing';
import { changedFields, differencesOf } from '../../domain/listings/revisions';
import { LEAST_PRICE, NO_PRICE, type ListingPatch } from './listing-sequences';

/** The content of a listing, as far as the sequences change it. */
export interface SeenContent {
  title: string;
  price: number;
}

/** The content with which every listing begins. */
export const firstContent: SeenContent = { title: 'A red bicycle', price: 200 };

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
export const priceRule = { required: true, min: eur(LEAST_PRICE), max: eur(1_000_000) };
export const description = 'A bicycle for every day, kept dry and ridden for two summers. New tyres and a new chain.';

/** A price is within the bounds; none is taken where buyers, who see `shown`, do not lose one. */
export function takesPrice(shown: SeenContent | null, { price }: ListingPatch): boolean {
  if (price === undefined) return true;
  return price === NO_PRICE ? shown === null || shown.price === NO_PRICE : price >= LEAST_PRICE;
}

type Contents = Pick<EditedListing, 'live' | 'draft'>;

/** Checks an edit by the rules of the category, as the service does. @throws DomainError as `requireInCategory` */
export function requireEdited(before: Contents, { live, newest }: EditedListing, category: CategoryTerms): void {
  const changes = [
    { from: newestContent(before), content: newest, isShown: false },
    { from: before.live, content: live, isShown: true },
  ];
  for (const { from, content, isShown } of changes) {
    if (!from || !content) continue;
    requireInCategory({ content, category, changed: changedFields(differencesOf(from, content)), isShown });
  }
}

/** Returns the patch as the API takes it. */
export const patchOf = ({ title, price }: ListingPatch): ContentPatch => ({
  ...(title === undefined ? {} : { title }),
  ...(price === undefined ? {} : { price: price === NO_PRICE ? null : eur(price) }),
});

/** Returns content as the model has it. */
export const seenOf = (content: { title: string; price: Money | null } | null): SeenContent | null =>
  content && { title: content.title, price: content.price?.amountMinor ?? NO_PRICE };
