import { openSearchWorld, type SearchWorld } from './search-world';

const HOUR = 3_600_000;

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
    const van = await world.publish({ title: 'Ein Auto', category: 'vans', price: euros(900) });
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
          ownerRef: 'dealer-1',
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
      ['?category=cars&attributes.fuel=diesel', []],
      ['?ownerRef=dealer-1', [car]],
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
    expect((await world.find('?q=late')).body.total).toEqual({ value: 5, exact: true });
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
    const { body } = await world.find('?limit=1');
    expect(body.next).not.toBeNull();
    expect((await world.find(`?q=x&cursor=${body.next}`)).body.code).toBe('INVALID_PARAMETER');
    expect((await world.find(`?limit=2&sort=newest&cursor=${body.next}`)).status).toBe(200);
  });
});

describe('a key with the scope search', () => {
  it('reads a listing as buyers see it, while they see it', async () => {
    const id = await world.publish({ title: 'For buyers', metadata: { margin: 'high' } }, { endsInMs: HOUR });
    const { listings } = world.api.database.models;
    const read = (key: string) => world.api.call('get', `/listings/${id}`, key);
    const { body, status, headers } = await read(world.searchKey);
    expect([status, headers.etag, body.title, 'metadata' in body, 'state' in body]).toEqual([
      200,
      '"2"',
      'For buyers',
      false,
      false,
    ]);
    expect((await read(world.tenant.key)).body).toMatchObject({ state: 'live', metadata: { margin: 'high' } });
    await world.setClock(HOUR);
    expect([(await read(world.searchKey)).status, (await read(world.tenant.key)).body.state]).toEqual([404, 'expired']);
    await world.setClock(0);
    await listings.updateOne({ _id: id }, { $set: { state: 'suspended' } });
    expect((await read(world.searchKey)).status).toBe(404);
  });

  it('may stand in a page of another origin, for its three kinds of reads alone', async () => {
    const id = await world.publish({});
    const open = ['/listings/search', `/listings/${id}`, '/listing-categories', '/listing-categories/cars'];
    const origin = { Origin: 'https://shop.example' };
    for (const path of open) {
      const { status, headers } = await world.api.call('get', path, world.searchKey).set(origin);
      expect([path, status, headers['access-control-allow-origin']]).toEqual([path, 200, '*']);
      const asked = { ...origin, 'Access-Control-Request-Method': 'GET' };
      const preflight = await world.api.call('options', path).set(asked);
      expect([preflight.status, preflight.headers]).toMatchObject([
        204,
        { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET' },
      ]);
      expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
    }
    const refusal = await world.api.call('get', '/listings/search?cursor=x', world.searchKey).set(origin);
    expect([refusal.status, refusal.headers['access-control-allow-origin']]).toEqual([400, '*']);
    for (const [path, method] of [
      [`/listings/${id}`, 'PATCH'],
      [`/listings/${id}`, 'DELETE'],
      ['/listings', 'GET'],
      ['/me', 'GET'],
    ] as const) {
      const asked = { ...origin, 'Access-Control-Request-Method': method };
      const { headers } = await world.api.call('options', path).set(asked);
      expect([path, headers['access-control-allow-origin']]).toEqual([path, undefined]);
    }
    const { headers } = await world.api.call('get', '/me', world.tenant.key).set(origin);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
