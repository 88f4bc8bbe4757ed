import { cars, golf, seedListing } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
/** Another process over the same database: requests take turns within a process only. */
let other: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
  other = await startTestApi({ database: api.database });
});
afterAll(async () => {
  await other.stop();
  await api.stop();
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
});

type Method = 'get' | 'put' | 'delete';
const sendTo = async (to: TestApi, method: Method, slug: string, body?: object, headers: Record<string, string> = {}) =>
  expectContract(await to.call(method, `/listing-categories/${slug}`, key).set(headers).send(body));
const send = (method: Method, slug: string, body?: object, headers: Record<string, string> = {}) =>
  sendTo(api, method, slug, body, headers);
const put = (slug: string, body: object = cars, headers: Record<string, string> = {}) =>
  send('put', slug, body, headers);
const child = (parent: string) => ({ names: cars.names, parent });

describe('a category', () => {
  it('is created with its defaults, read, and replaced as a whole', async () => {
    const created = await put('cars');
    expect([created.status, created.headers.location]).toEqual([201, '/api/v1/listing-categories/cars']);
    expect(created.body).toMatchObject({ ...cars, slug: 'cars', parent: null });
    expect(created.body.attributes[0]).toMatchObject({ options: [], required: true, facet: false });
    expect((await send('get', 'cars')).body).toEqual(created.body);

    const replaced = await put('cars', { names: cars.names });
    expect([replaced.status, replaced.headers.etag === created.headers.etag]).toEqual([200, false]);
    expect((await send('get', 'cars')).headers.etag).toBe(replaced.headers.etag);
    expect(replaced.body).toMatchObject({ attributes: [], price: null, durationDays: null, review: null });
    expect(replaced.body.createdAt).toBe(created.body.createdAt);
  });

  it('is not changed by the same body again, whatever the order of its members', async () => {
    const first = await put('cars');
    const price = { max: cars.price.max, min: { currency: 'EUR', amountMinor: 10_000 }, required: true };
    const again = await put('cars', { ...cars, price, names: { de: 'Autos', en: 'Cars' } });
    expect([again.status, again.headers.etag, again.body]).toEqual([200, first.headers.etag, first.body]);
  });

  it('is replaced under If-Match, and created under If-None-Match, and not otherwise', async () => {
    const mismatch = { status: 412, code: 'VERSION_MISMATCH' };
    expect((await put('cars', cars, { 'If-Match': '*' })).body).toMatchObject(mismatch);
    expect((await put('cars', cars, { 'If-None-Match': '*' })).status).toBe(201);
    expect((await put('cars', child('x'), { 'If-None-Match': '*' })).body).toMatchObject(mismatch);
    expect((await put('cars', { names: cars.names }, { 'If-Match': '"7"' })).body).toMatchObject(mismatch);
    expect((await send('delete', 'cars', undefined, { 'If-Match': '"7"' })).body).toMatchObject(mismatch);
    const { etag } = (await send('get', 'cars')).headers;
    const replaced = await put('cars', { names: cars.names }, { 'If-Match': etag as string });
    expect(replaced.status).toBe(200);
    const current = { 'If-None-Match': replaced.headers.etag as string };
    expect((await send('get', 'cars', undefined, current)).status).toBe(304);
  });

  it('is unchanged by the terms that were read, whose nulls stand for what is left out', async () => {
    const unlimited = { ...cars, price: { required: true }, durationDays: undefined, review: undefined };
    for (const terms of [unlimited, { names: cars.names }]) {
      await put('cars', terms);
      const { headers, body } = await send('get', 'cars');
      const { slug: _slug, createdAt: _createdAt, updatedAt: _updatedAt, ...read } = body;
      const again = await put('cars', read);
      expect([again.status, again.headers.etag, again.body]).toEqual([200, headers.etag, body]);
    }
  });

  it('that is created again has another ETag, so that a tag of the deleted one matches nothing', async () => {
    const old = (await put('cars')).headers.etag as string;
    await send('delete', 'cars');
    const names = { en: 'New cars', de: 'Neue Autos' };
    const again = await put('cars', { names });
    expect([again.status, again.headers.etag === old]).toEqual([201, false]);
    expect((await send('get', 'cars', undefined, { 'If-None-Match': old })).status).toBe(200);
    for (const change of [
      put('cars', cars, { 'If-Match': old }),
      send('delete', 'cars', undefined, { 'If-Match': old }),
    ])
      expect((await change).status).toBe(412);
    expect((await put('cars', cars, { 'If-Match': again.headers.etag as string })).status).toBe(200);
  });

  it('needs a slug, terms that fit each other, and a parent that exists', async () => {
    expect((await put('Used_Cars')).body).toMatchObject({ status: 400, errors: [{ parameter: 'slug' }] });
    const twice = { ...cars, attributes: [cars.attributes[0], cars.attributes[0]] };
    expect((await put('cars', twice)).body).toMatchObject({
      status: 422,
      code: 'CATEGORY_INVALID',
      errors: [{ pointer: '/attributes/1/key' }],
    });
    expect((await put('cars', child('nothing'))).body).toMatchObject({
      status: 422,
      code: 'CATEGORY_UNKNOWN',
      errors: [{ pointer: '/parent' }],
    });
  });

  it('stands four levels deep at most, with everything below it, and never below itself', async () => {
    const invalid = { status: 422, code: 'CATEGORY_INVALID', errors: [{ pointer: '/parent' }] };
    await put('a', { names: cars.names });
    for (const [slug, parent] of [
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
    ] as const)
      expect((await put(slug, child(parent))).status).toBe(201);
    expect((await put('e', child('d'))).body).toMatchObject(invalid);
    expect((await put('a', child('d'))).body).toMatchObject(invalid);
    for (const slug of ['b', 'new']) expect((await put(slug, child(slug))).body).toMatchObject(invalid);
    await put('top', { names: cars.names });
    expect((await put('a', child('top'))).body).toMatchObject(invalid);
    expect((await put('b', child('top'))).status).toBe(200);
  });

  it('is deleted only when nothing is in it, and its slug can be used again', async () => {
    const { listingId } = await seedListing({ api, key });
    await put('vans', child('cars'));
    const inUse = { status: 409, code: 'CATEGORY_IN_USE' };
    expect((await send('delete', 'cars')).body).toMatchObject({ ...inUse, conflictsWith: 'vans' });
    expect((await send('delete', 'vans')).status).toBe(204);
    expect((await send('delete', 'cars')).body).toMatchObject({ ...inUse, conflictsWith: listingId });
    await api.call('delete', `/listings/${listingId}`, key);
    expect((await send('delete', 'cars')).status).toBe(204);
    expect([(await send('get', 'cars')).status, (await send('delete', 'cars')).status]).toEqual([404, 404]);
    expect((await put('cars')).status).toBe(201);
  });

  it('is listed by its slug, page by page', async () => {
    for (const slug of ['vans', 'cars', 'bikes']) await put(slug, { names: cars.names });
    const first = expectContract(await api.call('get', '/listing-categories?limit=2', key)).body;
    const rest = expectContract(await api.call('get', `/listing-categories?cursor=${first.next}`, key)).body;
    const slugs = [...first.items, ...rest.items].map(({ slug }: { slug: string }) => slug);
    expect([slugs, rest.next]).toEqual([['bikes', 'cars', 'vans'], null]);
  });
});

describe('concurrent requests', () => {
  it('create a category once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => sendTo(index < 5 ? api : other, 'put', 'cars', cars)),
    );
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      ...Array(9).fill(200),
      201,
    ]);
    expect(await api.database.models.listingCategories.countDocuments({ tenantId })).toBe(1);
  });

  it('never make a circle of two categories, nor a category without its parent', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [`a${round}`, `b${round}`];
      for (const slug of [a, b]) await put(slug, { names: cars.names });
      const moved = await Promise.all([put(a, child(b)), sendTo(other, 'put', b, child(a))]);
      expect(moved.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 422]);

      const [parent, below] = [`p${round}`, `q${round}`];
      await put(parent, { names: cars.names });
      const [made, deleted] = await Promise.all([put(below, child(parent)), sendTo(other, 'delete', parent)]);
      expect([`${made.status} ${deleted.status}`]).toContainEqual(expect.stringMatching(/^(201 409|422 204)$/));
    }
  });
});

it('changed attributes change no listing; a later change of its attributes follows them', async () => {
  const { listingId } = await seedListing({ api, key });
  await put('cars', { names: cars.names });
  const patch = async (body: object) =>
    expectContract(await api.call('patch', `/listings/${listingId}`, key).send(body));
  expect((await patch({ title: 'Golf, new tyres' })).body.draft.attributes).toEqual(golf.attributes);
  const refused = { status: 422, code: 'ATTRIBUTE_INVALID' };
  expect((await patch({ price: { amountMinor: 1, currency: 'EUR' } })).status).toBe(200);
  expect((await patch({ attributes: { model: 'Golf II' } })).body).toMatchObject(refused);
  expect((await patch({ attributes: {} })).status).toBe(200);
});
