import type { Database } from '../../../../models/database';
import { PATIENT_MS } from '../../../../testing/test-api';
import { openSearchWorld, type SearchWorld } from './search-world';

const HOUR = 3_600_000;

/** Returns a function that returns the commands since its last call, each with the time that it may take. */
function watchReads({ connection }: Database): () => { command: string; maxTimeMS: number }[] {
  const sent: { command: string; maxTimeMS: number }[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    sent.push({ command: `${commandName} ${command[commandName]}`, maxTimeMS: Number(command.maxTimeMS) });
  });
  return () => sent.splice(0);
}

let world: SearchWorld;
beforeAll(async () => {
  world = await openSearchWorld();
});
afterAll(() => world.api.stop());
afterEach(() => world.setClock(0));

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

describe('GET /listings/search', () => {
  it('finds by words, category, attributes and price, and shows what buyers see alone', async () => {
    const golf = {
      title: 'Rotes Auto für Schüler',
      category: 'cars',
      price: euros(500),
      attributes: { fuel: 'petrol', doors: 3 },
      ownerRef: 'dealer-1',
      ref: 'secret-1',
      metadata: { margin: 'high' },
    };
    const car = await world.publish(golf);
    const van = await world.publish({ title: 'Ein Auto', category: 'vans', price: euros(900), ownerRef: 'Müller' });
    const bike = await world.publish({ title: 'Kein Auto', category: 'bikes' });
    const { body } = await world.find('?q=schuler%20aut&category=vehicles&facets=fuel');
    expect(body).toEqual({
      items: [
        {
          id: car,
          title: golf.title,
          description: 'Nothing to say',
          category: 'cars',
          price: golf.price,
          attributes: golf.attributes,
          images: [],
          place: null,
          language: null,
          publishedAt: expect.any(String),
          lastDay: expect.any(String),
          expiresAt: expect.any(String),
        },
      ],
      next: null,
      total: { value: 1, exact: true },
      facets: { fuel: [{ value: 'petrol', count: 1 }] },
    });
    for (const [query, expected] of [
      ['?q=auto', [bike, van, car]],
      ['?category=cars', [van, car]],
      ['?category=vans', [van]],
      ['?attributes.fuel=petrol&attributes.doors=3.0', [car]],
      ['?category=cars&attributes.fuel=P%C3%89trol', [car]],
      ['?category=cars&attributes.fuel=diesel', []],
      ['?ownerRef=dealer-1', [car]],
      [`?ownerRef=${encodeURIComponent('Müller'.normalize('NFD'))}`, [van]],
      ['?priceMin=600&currency=EUR', [van]],
      ['?sort=price&currency=EUR', [car, van, bike]],
      ['?sort=-price&currency=EUR', [van, car, bike]],
    ] as const)
      expect([query, await world.idsOf(query)]).toEqual([query, expected]);
    const stranger = await world.api.newTenant({ scopes: ['search'] });
    expect((await world.find('?q=auto', stranger.key)).body.items).toEqual([]);
  });

  it('shows nothing that is over while listings end by the clock, although nothing is swept', async () => {
    const ends = Array.from({ length: 12 }, (_, index) => (index + 1) * HOUR);
    const ids: string[] = [];
    for (const endsInMs of ends)
      ids.push(await world.publish({ title: 'Ending soon', ownerRef: 'ends' }, { endsInMs }));
    for (let passed = 0; passed <= 12; passed += 1) {
      await world.setClock(passed * HOUR + 1000);
      expect((await world.idsOf('?ownerRef=ends&sort=ending')).map((id) => ids.indexOf(id))).toEqual(
        [...ids.keys()].slice(passed),
      );
    }
  });

  it('shows nothing that an index which is late still has, and fills its pages up', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 9; number += 1) ids.unshift(await world.publish({ title: 'Late', ownerRef: 'late' }));
    const { listings } = world.api.database.models;
    const [withdrawn, suspended, over, deleted] = [ids[0]!, ids[1]!, ids[3]!, ids[4]!];
    await listings.updateOne({ _id: withdrawn }, { $set: { state: 'withdrawn' } });
    await listings.updateOne({ _id: suspended }, { $set: { state: 'suspended' } });
    await listings.updateOne({ _id: over }, { $set: { expiresAt: new Date() } });
    await listings.deleteOne({ _id: deleted });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await world.find(`?q=late&limit=2${cursor}`);
      expect(body.items.length).toBe(Math.min(2, 5 - seen.length));
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(ids.filter((id) => ![withdrawn, suspended, over, deleted].includes(id)));
    expect((await world.find('?q=late')).body.total).toEqual({ value: 5, exact: false });
  });

  it('judges a hit by its price, category, attributes and owner as they are now', async () => {
    const price = euros(500);
    const offer = { title: 'Late offer', category: 'cars', price, attributes: { fuel: 'diesel' }, ownerRef: 'early' };
    const ids = [await world.publish(offer), await world.publish(offer)];
    const { listings } = world.api.database.models;
    const find = async (filter: string) => {
      const { items, total } = (await world.find(`?q=late%20offer&${filter}`)).body;
      return [items.map(({ id }: { id: string }) => ids.indexOf(id)), total];
    };
    for (const [filter, set] of [
      ['priceMax=500&currency=EUR', { 'live.price': euros(501) }],
      ['priceMax=500&currency=EUR', { 'live.price': { ...price, currency: 'USD' } }],
      ['priceMin=500&currency=EUR', { 'live.price': null }],
      ['category=cars', { 'live.category': 'bikes' }],
      ['attributes.fuel=diesel', { 'live.attributes': { fuel: 'petrol' } }],
      ['ownerRef=early', { ownerRef: 'other' }],
    ] as const) {
      await listings.updateOne({ _id: ids[0] }, { $set: { 'live.price': price, ...set } });
      expect([set, ...(await find(filter))]).toEqual([set, [1], { value: 1, exact: false }]);
      expect((await find('sort=newest'))[0]).toEqual([1, 0]);
    }
  });

  it('asks the index once for a page that shrinks, and no read lasts longer than the request', async () => {
    for (let number = 0; number < 9; number += 1)
      await world.publish({ title: 'Vanishing boat', category: 'cars', attributes: { fuel: 'diesel' } });
    const { listings } = world.api.database.models;
    const { _id: last } = await listings.findOne({ 'live.title': 'Vanishing boat' }).sort({ _id: 1 }).lean().orFail();
    await listings.updateMany({ 'live.title': 'Vanishing boat', _id: { $ne: last } }, { $set: { state: 'withdrawn' } });
    const path = '?q=vanishing%20boat&category=cars&attributes.fuel=diesel&limit=1';
    await world.find(path);
    const sent = watchReads(world.api.database);
    expect((await world.find(path)).body.items).toMatchObject([{ id: last }]);
    const counts = ['aggregate listing_search_entries', 'aggregate listing_search_entries'];
    const reads = sent().filter(({ command }) => /listing/.test(command));
    expect(reads.map(({ command }) => command)).toEqual([
      'find listing_categories',
      'find listing_categories',
      'find listing_categories',
      ...counts,
      ...counts,
      'find listing_search_entries',
      'find listings',
      'find listings',
      'find listings',
    ]);
    for (const { command, maxTimeMS } of reads.slice(1))
      expect([command, maxTimeMS > 0 && maxTimeMS <= PATIENT_MS]).toEqual([command, true]);
  });

  it('refuses what it cannot search by at the parameter, and never drops it', async () => {
    const cases = [
      [`?q=${'a'.repeat(201)}`, 422, 'QUERY_INVALID', 'q'],
      ['?attributes.colour=red', 422, 'QUERY_INVALID', 'attributes.colour'],
      ['?category=bikes&attributes.fuel=petrol', 422, 'QUERY_INVALID', 'attributes.fuel'],
      ['?category=cars&attributes.fuel=gas', 422, 'QUERY_INVALID', 'attributes.fuel'],
      ['?facets=doors', 422, 'QUERY_INVALID', 'facets'],
      ['?category=boats', 422, 'CATEGORY_UNKNOWN', 'category'],
      ['?priceMin=1', 422, 'CURRENCY_REQUIRED', 'currency'],
      ['?sort=price', 422, 'CURRENCY_REQUIRED', 'currency'],
      ['?attributes.a%2Fb=1', 400, 'INVALID_PARAMETER', 'attributes.a/b'],
      ['?attributes.__proto__=1', 400, 'INVALID_PARAMETER', 'attributes.__proto__'],
      ['?attributes=fuel', 400, 'INVALID_PARAMETER', 'attributes'],
      ['?attributes.fuel=petrol&attributes.fuel=diesel', 400, 'INVALID_PARAMETER', 'attributes.fuel'],
      ['?colour=red', 400, 'INVALID_PARAMETER', 'colour'],
      ['?cursor=abc', 400, 'INVALID_PARAMETER', 'cursor'],
    ] as const;
    for (const [query, status, code, parameter] of cases)
      expect([query, (await world.find(query)).body]).toMatchObject([query, { status, code, errors: [{ parameter }] }]);
    const sent = watchReads(world.api.database);
    const many = (length: number) => Array.from({ length }, (_, index) => `a${index}`);
    for (const query of [
      `?category=none&${many(20)
        .map((key) => `attributes.${key}=x`)
        .join('&')}`,
      `?category=none&facets=${many(11).join()}`,
      `?category=none&q=${'a'.repeat(201)}`,
    ])
      expect((await world.find(query)).body.code).toBe('QUERY_INVALID');
    expect(sent().filter(({ command }) => /listing/.test(command))).toEqual([]);
    const { body } = await world.find('?limit=1');
    expect(body.next).not.toBeNull();
    expect((await world.find(`?q=x&cursor=${body.next}`)).body.code).toBe('INVALID_PARAMETER');
    expect((await world.find(`?limit=2&sort=newest&cursor=${body.next}`)).status).toBe(200);
  });
});
