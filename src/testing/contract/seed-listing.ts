import { expectContract } from '../expect-contract';
import type { TestApi } from '../test-api';

/** A category with a rule of each kind. */
export const cars = {
  names: { en: 'Cars', de: 'Autos' },
  attributes: [
    { key: 'model', names: { en: 'Model', de: 'Modell' }, type: 'text', required: true },
    { key: 'mileage', names: { en: 'Mileage', de: 'Kilometerstand' }, type: 'number' },
    { key: 'electric', names: { en: 'Electric', de: 'Elektrisch' }, type: 'boolean' },
    {
      key: 'fuel',
      names: { en: 'Fuel', de: 'Kraftstoff' },
      type: 'option',
      options: ['petrol', 'diesel'],
      facet: true,
    },
  ],
  price: {
    required: true,
    min: { amountMinor: 10_000, currency: 'EUR' },
    max: { amountMinor: 5_000_000, currency: 'EUR' },
  },
  durationDays: 60,
  review: 'flagged',
} as const;

/** A listing in the category `cars`. */
export const golf = {
  title: 'Volkswagen Golf, first owner',
  description: 'Well kept, always in the garage.\nTwo sets of tyres.',
  category: 'cars',
  price: { amountMinor: 890_000, currency: 'EUR' },
  attributes: { model: 'Golf', mileage: 84_000, electric: false, fuel: 'petrol' },
  place: { name: 'Hamburg', country: 'DE' },
  language: 'en',
  metadata: { stock: 'yard-2' },
} as const;

interface SeedListingInput {
  api: Pick<TestApi, 'call'>;
  /** A key with the scope `write`. */
  key: string;
}

/** Makes the category `cars` through the API, and a listing in it. Returns the ids by path parameter. */
export async function seedListing({ api, key }: SeedListingInput): Promise<{ listingId: string; slug: string }> {
  const category = expectContract(await api.call('put', '/listing-categories/cars', key).send(cars));
  const listing = expectContract(await api.call('post', '/listings', key).send(golf));
  if (category.status > 201 || listing.status !== 201) throw new Error(`No listing: ${category.text} ${listing.text}`);
  return { listingId: String(listing.body.id), slug: String(category.body.slug) };
}
