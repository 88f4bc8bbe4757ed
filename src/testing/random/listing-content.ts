import type { Money } from '../../domain/money';
import type { ContentPatch } from '../../domain/listings/content';
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

/** Returns the patch as the API takes it. */
export const patchOf = ({ title, price }: ListingPatch): ContentPatch => ({
  ...(title === undefined ? {} : { title }),
  ...(price === undefined ? {} : { price: price === NO_PRICE ? null : eur(price) }),
});

/** Returns content as the model has it. */
export const seenOf = (content: { title: string; price: Money | null } | null): SeenContent | null =>
  content && { title: content.title, price: content.price?.amountMinor ?? NO_PRICE };
