import type { ListingSearch } from '../../../../contracts/listings/search';
import { createMongoListingSearch } from '../../../../clients/search/mongo-listing-search';
import { indexListings } from '../../../../services/listings/search/index-listings';
import { expectContract } from '../../../../testing/expect-contract';
import { startTestApi } from '../../../../testing/test-api';

const DAY = 24 * 3600 * 1000;

/** Opens the API with a tenant that has categories of vehicles, and listings that the test publishes itself. */
export async function openSearchWorld() {
  const api = await startTestApi({
    limits: { requestsPerMinute: 1e6, maxBodyBytes: 65_536 },
  });
  const { database } = api;
  const { listings, sandboxClocks } = database.models;
  const search: ListingSearch = createMongoListingSearch({ model: database.models.listingSearchEntries });
  const tenant = await api.newTenant();
  const { key: searchKey } = await api.newTenant({ partnerId: tenant.partnerId, scopes: ['search'] });
  const names = (name: string) => ({ en: name, de: name });
  const fuel = { key: 'fuel', names: names('Fuel'), type: 'option', options: ['petrol', 'diesel'], facet: true };
  const doors = { key: 'doors', names: names('Doors'), type: 'number' };
  for (const [slug, parent, attributes] of [
    ['vehicles', null, []],
    ['cars', 'vehicles', [fuel, doors]],
    ['vans', 'cars', []],
    ['bikes', 'vehicles', []],
  ] as const) {
    const body = { names: names(slug), parent, attributes };
    expectContract(await api.call('put', `/listing-categories/${slug}`, tenant.key).send(body));
  }

  const world = {
    api,
    tenant,
    searchKey,
    search,
    index: (listingIds: readonly string[]) => indexListings({ database, search, listingIds }),
    /** Creates a listing through the API and publishes it as an approval does. Returns its id. */
    async publish(content: object, { endsInMs = 30 * DAY, indexed = true } = {}): Promise<string> {
      const body = { title: 'A thing', description: 'Nothing to say', category: 'vehicles', ...content };
      const created = expectContract(await api.call('post', '/listings', tenant.key).send(body));
      if (created.status !== 201) throw new Error(created.text);
      const id = String(created.body.id);
      const { draft: live } = await listings.findById(id).lean().orFail();
      const publishedAt = new Date();
      const expiresAt = new Date(publishedAt.getTime() + endsInMs);
      const lastDay = new Date(expiresAt.getTime() - 1).toISOString().slice(0, 10);
      const set = { state: 'live', live, draft: null, publishedAt, expiresAt, lastDay } as const;
      await listings.updateOne({ _id: id }, { $set: set, $inc: { version: 1 } });
      if (indexed) await world.index([id]);
      return id;
    },
    /** Moves the tenant's clock ahead of real time. */
    setClock: (offsetMs: number) =>
      sandboxClocks.updateOne({ _id: tenant.tenantId }, { $set: { offsetMs } }, { upsert: true, strict: false }),
    find: async (query: string, key = searchKey) =>
      expectContract(await api.call('get', `/listings/search${query}`, key)),
    async idsOf(query: string): Promise<string[]> {
      const { status, body, text } = await world.find(query);
      if (status !== 200) throw new Error(text);
      return body.items.map(({ id }: { id: string }) => id);
    },
  };
  return world;
}

export type SearchWorld = Awaited<ReturnType<typeof openSearchWorld>>;
