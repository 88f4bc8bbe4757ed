import { waitFor } from '../wait-for';
import type { PartnerApp } from '../platform/partner-app';

const LISTINGS = 24;

interface SeededListing {
  id: string;
  state: string;
  revision: number;
}

/**
 * Makes listings that buyers see, and as many that wait for a reviewer: generated requests alone seldom get that far.
 * Returns them as the API shows them.
 */
export async function seedListings(app: PartnerApp): Promise<SeededListing[]> {
  const names = { en: 'Bicycles', de: 'Fahrräder' };
  const listings: SeededListing[] = [];
  for (const [slug, review, state] of [
    ['seen', 'never', 'live'],
    ['waiting', 'always', 'in_review'],
  ] as const) {
    await app.put(`/listing-categories/${slug}`, { body: { names, review } });
    for (let index = 0; index < LISTINGS; index += 1) {
      const description = 'A comfortable bicycle for every day, ridden for two summers and kept dry.';
      const body = { title: `Bicycle ${index} of ${slug}`, description, category: slug };
      const { id } = (await app.post<SeededListing>('/listings', { body })).body;
      await app.post(`/listings/${id}/submit`);
      const read = async () => (await app.get<SeededListing>(`/listings/${id}`)).body;
      await waitFor(async () => (await read()).state === state, { what: `${id} to be ${state}` });
      listings.push(await read());
    }
  }
  return listings;
}
