import * as fc from 'fast-check';
import type { ListingSearch, SearchQuery } from '../../../contracts/listings/search';
import { casesOf } from '../../../testing/long-form';
import { goldenOffers, goldenQueries } from './golden-queries';
import { AT, searchable, searchFor } from './searchable';

export interface ListingSearchContractInput {
  name: string;
  /** Returns the engine, over one empty index for the whole file. */
  engine: () => ListingSearch;
  /** The number of listings from which the engine may stop counting. */
  maxExact: number;
}

const DAY = 24 * 3600 * 1000;
let tenants = 0;
const newTenant = (): string => `ptn_${(tenants += 1)}:live`;

/** The tests of every search engine, over real servers. */
export function describeListingSearch({ name, engine, maxExact }: ListingSearchContractInput): void {
  const idsOf = async (query: SearchQuery): Promise<string[]> =>
    (await engine().query(query)).hits.map(({ listingId }) => listingId);

  describe(`${name} as a search index of listings`, () => {
    it('answers the golden queries with the expected first three', async () => {
      const tenantId = newTenant();
      await engine().put(
        goldenOffers.map(([id, title, description, attributes = {}, place], index) => {
          const content = { title, description, attributes, place: place ? { name: place, country: 'DE' } : null };
          return searchable(tenantId, `${tenantId}/${id}`, { content }, goldenOffers.length - index);
        }),
      );
      const found: [string, string[]][] = [];
      for (const [about, text] of goldenQueries) {
        const ids = await idsOf(searchFor(tenantId, { text, sort: 'relevance', limit: 3 }));
        found.push([about, ids.map((id) => id.slice(tenantId.length + 1))]);
      }
      expect(found).toEqual(goldenQueries.map(([about, , first]) => [about, first]));
      expect(await idsOf(searchFor(tenantId, { text: '!?', sort: 'relevance' }))).toEqual([]);
    });

    it('filters by every condition, alone and together, and never across tenants', async () => {
      const [tenantId, other] = [newTenant(), newTenant()];
      const price = (amountMinor: number, currency = 'EUR') => ({ amountMinor, currency });
      const id = (letter: string): string => `${tenantId}/${letter}`;
      await engine().put([
        searchable(tenantId, id('a'), { ownerRef: 'x', content: { category: 'cars', price: price(5) } }),
        searchable(tenantId, id('b'), { content: { category: 'vans', price: price(9), attributes: { fuel: 'Gas' } } }),
        searchable(tenantId, id('c'), { content: { category: 'cars', price: price(5, 'USD') } }),
        searchable(tenantId, id('d'), { expiresAt: AT, content: { category: 'cars', price: price(5) } }),
        searchable(other, `${other}/a`, { ownerRef: 'x', content: { category: 'cars', price: price(5) } }),
      ]);
      const cases: [Partial<SearchQuery>, string][] = [
        [{}, 'abc'],
        [{ categories: ['cars'] }, 'ac'],
        [{ categories: ['cars', 'vans'] }, 'abc'],
        [{ categories: ['none'] }, ''],
        [{ price: { min: 5, max: 8 }, currency: 'EUR' }, 'a'],
        [{ price: { min: null, max: 9 }, currency: 'EUR' }, 'ab'],
        [{ attributeTerms: ['fuel=gas'] }, 'b'],
        [{ attributeTerms: ['fuel=gas'], categories: ['cars'] }, ''],
        [{ ownerRef: 'x' }, 'a'],
        [{ text: 'thing', ownerRef: 'x', categories: ['cars'], price: { min: 5, max: null }, currency: 'EUR' }, 'a'],
      ];
      for (const [query, expected] of cases) {
        const found = await engine().query(searchFor(tenantId, query));
        const letters = found.hits.map(({ listingId }) => listingId.at(-1) ?? '').sort();
        expect([query, letters.join('')]).toEqual([query, expected]);
        expect(found.total).toEqual({ value: expected.length, isExact: true });
      }
    });

    it('orders by every sort, and its pages show each listing once while others come and go', async () => {
      const tenantId = newTenant();
      const count = 23;
      const idOf = (index: number): string => `${tenantId}/${String(index).padStart(2, '0')}`;
      const listing = (index: number) =>
        searchable(
          tenantId,
          idOf(index),
          {
            expiresAt: new Date(AT.getTime() + ((index * 7) % 5) * DAY + 1),
            content: {
              title: index % 3 === 0 ? 'A red boat' : 'A boat',
              description: 'red',
              price: index % 4 === 0 ? null : { amountMinor: (index * 5) % 7, currency: 'EUR' },
            },
          },
          (index * 11) % 6,
        );
      await engine().put(Array.from({ length: count }, (_, index) => listing(index)));
      for (const sort of ['relevance', 'newest', 'price', '-price', 'ending'] as const) {
        const query = searchFor(tenantId, { text: 'red', sort, currency: 'EUR' });
        const all = await idsOf(query);
        expect(new Set(all).size).toBe(count);
        const paged: string[] = [];
        let after: SearchQuery['after'] = null;
        for (;;) {
          const { hits } = await engine().query({ ...query, after, limit: 4 });
          paged.push(...hits.map(({ listingId }) => listingId));
          after = hits.at(-1)?.position ?? null;
          if (hits.length < 4) break;
          // The newest of all belongs to a page that was read, and the last shown one is not needed to go on.
          const version = paged.length + 1;
          const content = { title: 'Unrelated' };
          await engine().put([searchable(tenantId, `${tenantId}/new-${sort}-${version}`, { content }, -1)]);
        }
        expect([sort, paged]).toEqual([sort, all]);
      }
      const unpriced = (await idsOf(searchFor(tenantId, { text: 'red', sort: '-price', currency: 'EUR' }))).slice(-6);
      expect(unpriced.map((id) => Number(id.slice(-2)) % 4)).toEqual([0, 0, 0, 0, 0, 0]);
    });

    it('counts the values of facets among all that it finds', async () => {
      const tenantId = newTenant();
      const fuels = ['gas', 'oil', 'gas', undefined, 'gas'];
      await engine().put(
        fuels.map((fuel, index) =>
          searchable(tenantId, `${tenantId}/${index}`, {
            content: { attributes: { doors: index % 2, ...(fuel === undefined ? {} : { fuel }) } },
          }),
        ),
      );
      const { facets, hits } = await engine().query(searchFor(tenantId, { facets: ['fuel', 'doors'], limit: 1 }));
      expect([hits.length, facets]).toEqual([
        1,
        {
          fuel: [
            { value: 'gas', count: 3 },
            { value: 'oil', count: 1 },
          ],
          doors: [
            { value: 0, count: 3 },
            { value: 1, count: 2 },
          ],
        },
      ]);
    });

    it('counts exactly up to its limit, and says so beyond', async () => {
      const tenantId = newTenant();
      const many = Array.from({ length: maxExact }, (_, index) =>
        searchable(tenantId, `${tenantId}/${String(index).padStart(6, '0')}`, {}, index),
      );
      await engine().put(many);
      const query = searchFor(tenantId, { text: 'thing', limit: 2 });
      expect((await engine().query(query)).total).toEqual({ value: maxExact, isExact: true });
      await engine().put([searchable(tenantId, `${tenantId}/newest`, {}, -1)]);
      const { total, hits } = await engine().query(query);
      expect([total.isExact, hits[0]?.listingId]).toEqual([false, `${tenantId}/newest`]);
    });

    it('lets nothing come back that was removed, however late an older put comes', async () => {
      const tenantId = newTenant();
      const listingId = `${tenantId}/a`;
      const put = (version: number, title: string) => searchable(tenantId, listingId, { version, content: { title } });
      await engine().put([put(2, 'Second')]);
      await engine().put([put(1, 'First')]);
      expect(await idsOf(searchFor(tenantId, { text: 'second' }))).toEqual([listingId]);
      await engine().remove([{ listingId, tenantId, version: 4, isDeleted: false }]);
      await engine().put([put(3, 'Third')]);
      expect(await idsOf(searchFor(tenantId))).toEqual([]);
      expect(await engine().versionsOf([listingId, 'unknown'])).toEqual([
        { listingId, tenantId, version: 4, isShown: false },
      ]);
      await engine().put([put(5, 'Fifth')]);
      await engine().remove([{ listingId, tenantId, version: 4, isDeleted: true }]);
      expect(await idsOf(searchFor(tenantId, { text: 'fifth' }))).toEqual([listingId]);
      await engine().forget([listingId]);
      await engine().put([put(1, 'First')]);
      expect(await idsOf(searchFor(tenantId))).toEqual([listingId]);
    });

    it('lists what it shows, by id, without tombstones', async () => {
      const tenantId = `zzz${newTenant()}`;
      const ids = ['a', 'b', 'c', 'd'].map((letter) => `zzz/${tenantId}/${letter}`);
      await engine().put(ids.map((listingId) => searchable(tenantId, listingId)));
      await engine().remove([{ listingId: ids[1]!, tenantId, version: 2, isDeleted: false }]);
      const first = await engine().shownAfter({ listingId: 'zzz/', limit: 2 });
      expect(first.map(({ listingId }) => listingId)).toEqual([ids[0], ids[2]]);
      const rest = await engine().shownAfter({ listingId: ids[2]!, limit: 10 });
      expect(rest).toEqual([{ listingId: ids[3], tenantId, version: 1, isShown: true }]);
    });

    it('finds what it shows although it is over, of one tenant or of all', async () => {
      const [tenantId, other] = [newTenant(), newTenant()];
      const over = { expiresAt: new Date(AT.getTime() - 1) };
      await engine().put([
        searchable(tenantId, `${tenantId}/over`, over),
        searchable(tenantId, `${tenantId}/ends`, { expiresAt: AT }),
        searchable(tenantId, `${tenantId}/lasts`, { expiresAt: new Date(AT.getTime() + 1) }),
        searchable(other, `${other}/over`, over),
      ]);
      await engine().remove([{ listingId: `${tenantId}/over`, tenantId, version: 2, isDeleted: false }]);
      expect(await engine().shownOver({ tenantId, at: AT, limit: 9 })).toEqual([`${tenantId}/ends`]);
      expect(await engine().shownOver({ tenantId: null, at: AT, limit: 9 })).toEqual(
        expect.arrayContaining([`${tenantId}/ends`, `${other}/over`]),
      );
      expect(await engine().shownOver({ tenantId: null, at: AT, limit: 1 })).toHaveLength(1);
    });

    it('shows the newest version of each listing, in whatever order and how often its writes arrive', async () => {
      const write = fc.record({ listing: fc.nat(5), version: fc.integer({ min: 1, max: 8 }) });
      await fc.assert(
        fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 24 }), fc.nat(3), async (writes, batch) => {
          const tenantId = newTenant();
          const idOf = (listing: number): string => `${tenantId}/${listing}`;
          // Every third version is a removal.
          const isRemoval = (version: number): boolean => version % 3 === 0;
          const apply = async (some: typeof writes) => {
            const puts = some.filter(({ version }) => !isRemoval(version));
            await Promise.all([
              engine().put(
                puts.map(({ listing, version }) =>
                  searchable(tenantId, idOf(listing), { version, content: { title: `version${version}` } }),
                ),
              ),
              engine().remove(
                some
                  .filter(({ version }) => isRemoval(version))
                  .map(({ listing, version }) => ({ listingId: idOf(listing), tenantId, version, isDeleted: false })),
              ),
            ]);
          };
          for (let at = 0; at < writes.length; at += batch + 1) await apply(writes.slice(at, at + batch + 1));
          const newest = new Map<number, number>();
          for (const { listing, version } of writes) newest.set(listing, Math.max(version, newest.get(listing) ?? 0));
          const shown = [...newest].filter(([, version]) => !isRemoval(version));
          expect((await idsOf(searchFor(tenantId))).sort()).toEqual(shown.map(([listing]) => idOf(listing)).sort());
          for (const [listing, version] of shown)
            expect(await idsOf(searchFor(tenantId, { text: `version${version}` }))).toContain(idOf(listing));
        }),
        { numRuns: casesOf({ short: 25, long: 200 }) },
      );
    });
  });
}
