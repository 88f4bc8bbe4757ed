import { cars, golf, seedListing } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ key, tenantId } = await api.newTenant());
  await api.call('put', '/listing-categories/cars', key).send(cars);
  await api.call('put', '/listing-categories/bikes', key).send({ names: { en: 'Bikes', de: 'Räder' } });
});
afterAll(() => api.stop());

const send = async (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, headers = {}) =>
  expectContract(await api.call(method, path, key).set(headers).send(body));
const create = (changes: object = {}) => send('post', '/listings', { ...golf, ...changes });
const least = { title: 'A bike', description: 'Nearly new', category: 'bikes' };

describe('a new listing', () => {
  it('is a draft with everything that was sent, in its first revision', async () => {
    const { status, headers, body } = await create({ ref: 'car-1', ownerRef: 'dealer-17', durationDays: 30 });
    const { metadata, ...content } = golf;
    expect([status, headers.location, headers.etag]).toEqual([201, `/api/v1/listings/${body.id}`, '"1"']);
    expect(body).toMatchObject({
      state: 'draft',
      revision: 1,
      live: null,
      draft: content,
      ref: 'car-1',
      ownerRef: 'dealer-17',
      ownerUserId: null,
      durationDays: 30,
      lastDay: null,
      metadata,
      publishedAt: null,
      expiresAt: null,
      waitingFor: null,
    });
    expect(body.id).toMatch(/^lst_/);
    expect((await send('get', `/listings/${body.id}`)).body).toEqual(body);
    const { items } = (await send('get', `/listings/${body.id}/events`)).body;
    expect(items).toMatchObject([{ type: 'listing.created', state: 'draft', version: 1, by: { kind: 'api_key' } }]);
  });

  it('may lack what its category requires, but not have what the category does not know', async () => {
    expect((await send('post', '/listings', { ...least, category: 'cars' })).status).toBe(201);
    const at = (code: string, pointer: string) => ({ status: 422, code, errors: [{ pointer }] });
    expect((await create({ category: 'boats' })).body).toMatchObject(at('CATEGORY_UNKNOWN', '/category'));
    expect((await create({ attributes: { colour: 'red' } })).body).toMatchObject(
      at('ATTRIBUTE_INVALID', '/attributes/colour'),
    );
    expect((await create({ price: { amountMinor: 9_999, currency: 'EUR' } })).body).toMatchObject(
      at('PRICE_OUT_OF_BOUNDS', '/price/amountMinor'),
    );
    expect((await create({ place: { name: 'Nowhere', country: 'XX' } })).body).toMatchObject(
      at('INVALID_REQUEST', '/place/country'),
    );
  });

  it('has texts up to their lengths in characters, whatever their bytes', async () => {
    const longest = { title: '😀'.repeat(120), description: '😀'.repeat(10_000) };
    const { status, body } = await send('post', '/listings', { ...least, ...longest });
    expect([status, body.draft]).toEqual([201, expect.objectContaining(longest)]);
    const tooLong = { ...least, description: 'x'.repeat(10_001) };
    expect((await send('post', '/listings', tooLong)).body).toMatchObject({ errors: [{ pointer: '/description' }] });
    expect((await create({ title: '  a ' })).body).toMatchObject({ errors: [{ pointer: '/title' }] });
  });

  it("is owned by a user of the tenant, or by the partner's reference, or by nobody", async () => {
    const { body: onboarding } = await send('post', '/onboardings', { email: 'ada@example.com', name: 'Ada' });
    expect((await create({ ownerUserId: onboarding.userId })).body.ownerUserId).toBe(onboarding.userId);
    expect((await create({ ownerUserId: onboarding.userId, ownerRef: 'x' })).body).toMatchObject({
      status: 422,
      code: 'OWNER_INVALID',
    });
    const stranger = await api.newTenant();
    await seedListing({ api, key: stranger.key });
    const foreign = await api.call('post', '/listings', stranger.key).send({ ...golf, ownerUserId: onboarding.userId });
    expect(foreign.body).toMatchObject({ status: 422, code: 'USER_UNKNOWN', errors: [{ pointer: '/ownerUserId' }] });
  });

  it('has one ref and one owner however their characters are composed', async () => {
    const [typed, whole] = ['Ha\u0308ndler', 'Händler'];
    const { body } = await create({ ref: typed, ownerRef: typed });
    expect(body).toMatchObject({ ref: whole, ownerRef: whole });
    expect((await create({ ref: whole })).body).toMatchObject({ code: 'REF_TAKEN', conflictsWith: body.id });
    for (const name of ['ref', 'ownerRef'])
      for (const value of [typed, whole])
        expect((await send('get', `/listings?${name}=${encodeURIComponent(value)}`)).body.items).toEqual([body]);
  });

  it("lasts some days or until a day that is not over in the partner's time zone", async () => {
    const invalid = { status: 422, code: 'DURATION_INVALID', errors: [{ pointer: '/lastDay' }] };
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' }).format();
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    expect(today <= later && (await create({ lastDay: later })).body.lastDay).toBe(later);
    expect((await create({ lastDay: '2020-01-01' })).body).toMatchObject(invalid);
    expect((await create({ lastDay: later, durationDays: 30 })).body).toMatchObject(invalid);
  });

  it("is dated by the sandbox's clock", async () => {
    const sandbox = await api.newTenant();
    const { listingId } = await seedListing({ api, key: sandbox.key });
    await api.database.models.sandboxClocks.insertMany([
      {
        _id: sandbox.tenantId,
        tenantId: sandbox.tenantId,
        offsetMs: 90 * 86_400_000,
        resets: 0,
        updatedAt: new Date(),
      },
    ]);
    const soon = Date.now() + 89 * 86_400_000;
    const made = await api.call('post', '/listings', sandbox.key).send(golf);
    const path = `/listings/${listingId}`;
    const changed = await api.call('patch', path, sandbox.key).send({ title: 'Golf' });
    for (const { body } of [made, changed]) expect(Date.parse(body.updatedAt)).toBeGreaterThan(soon);
  });
});

describe('a changed listing', () => {
  it('is the next revision, with the fields that differ', async () => {
    const { body } = await create();
    const path = `/listings/${body.id}`;
    const changed = await send('patch', path, { title: 'Golf', attributes: { ...golf.attributes, mileage: 85_000 } });
    expect([changed.status, changed.headers.etag, changed.body.revision]).toEqual([200, '"2"', 2]);
    expect((await send('get', path)).body).toEqual(changed.body);
    await send('patch', path, { price: null, metadata: {} });

    const page = (await send('get', `${path}/revisions?limit=1`)).body;
    const rest = (await send('get', `${path}/revisions?cursor=${page.next}`)).body;
    expect([...page.items, ...rest.items]).toMatchObject([
      {
        revision: 3,
        metadata: {},
        differences: [
          { pointer: '/price', before: golf.price, after: null },
          { pointer: '/metadata/stock', before: 'yard-2', after: null },
        ],
      },
      {
        revision: 2,
        content: { title: 'Golf' },
        differences: [
          { pointer: '/title', before: golf.title, after: 'Golf' },
          { pointer: '/attributes/mileage', before: 84_000, after: 85_000 },
        ],
      },
      { revision: 1, content: body.draft, differences: [], decision: null, by: { kind: 'api_key' } },
    ]);
    expect((await send('get', `${path}/revisions?limit=21`)).body.code).toBe('INVALID_PARAMETER');
    const events = (await send('get', `${path}/events`)).body.items;
    expect(events.at(-1)).toMatchObject({ data: { fields: ['price', 'metadata'], revision: 3 } });
    expect(JSON.stringify(events)).not.toContain('Golf');
  });

  it('stays as it is where a PATCH changes nothing, or names another version', async () => {
    const { body } = await create({ durationDays: 30 });
    const path = `/listings/${body.id}`;
    const same = await send('patch', path, { ...golf, durationDays: 30 });
    expect([same.status, same.headers.etag, same.body]).toEqual([200, '"1"', body]);
    expect((await send('patch', path, { title: 'Golf' }, { 'If-Match': '"7"' })).status).toBe(412);
    expect((await send('delete', path, undefined, { 'If-Match': '"7"' })).status).toBe(412);
    expect((await send('get', `${path}/events`)).body.items).toHaveLength(1);
  });

  it('has another duration without a new revision, by days or by a last day', async () => {
    const { body } = await create({ durationDays: 30 });
    const lastDay = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const path = `/listings/${body.id}`;
    expect((await send('patch', path, { lastDay })).body).toMatchObject({ lastDay, durationDays: null, revision: 1 });
    expect((await send('patch', path, { durationDays: 7 })).body).toMatchObject({ lastDay: null, durationDays: 7 });
    expect((await send('patch', path, { durationDays: null })).body).toMatchObject({ durationDays: null });
    expect((await send('patch', path, { lastDay: '2020-01-01' })).body.code).toBe('DURATION_INVALID');
  });

  it('follows the rules of the category that it moves to', async () => {
    const { body } = await create();
    const path = `/listings/${body.id}`;
    expect((await send('patch', path, { category: 'bikes' })).body).toMatchObject({ code: 'ATTRIBUTE_INVALID' });
    expect((await send('patch', path, { category: 'boats' })).body).toMatchObject({ code: 'CATEGORY_UNKNOWN' });
    const moved = await send('patch', path, { category: 'bikes', attributes: {} });
    expect([moved.status, moved.body.draft.category]).toEqual([200, 'bikes']);
  });
});

describe('a deleted listing', () => {
  it('is gone by its id and its ref, with its revisions, and its ref can be taken again', async () => {
    const { body } = await create({ ref: 'gone' });
    const path = `/listings/${body.id}`;
    const deleted = await Promise.all([send('delete', path), send('delete', path), send('delete', path)]);
    expect(deleted.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([204, 404, 404]);
    const gone = [path, `${path}/events`, `${path}/revisions`].map((each) => send('get', each));
    expect((await Promise.all(gone)).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await send('patch', path, { title: 'Golf' })).status).toBe(404);
    expect((await send('get', '/listings?ref=gone')).body.items).toEqual([]);
    const { events } = api.database.models;
    const types = (await events.find({ tenantId, entityId: body.id }).lean()).map(({ type, state }) => [type, state]);
    expect(types).toEqual([
      ['listing.created', 'draft'],
      ['listing.deleted', 'deleted'],
    ]);
    expect((await create({ ref: 'gone' })).body.id).not.toBe(body.id);
  });
});

describe('a list of listings', () => {
  it('has the listings of a filter, newest first', async () => {
    const tenant = await api.newTenant();
    await api.call('put', '/listing-categories/bikes', tenant.key).send({ names: { en: 'Bikes', de: 'Räder' } });
    const { listingId: car } = await seedListing({ api, key: tenant.key });
    const post = async (changes: object) =>
      String((await api.call('post', '/listings', tenant.key).send({ ...least, ...changes })).body.id);
    const { body: onboarding } = await api
      .call('post', '/onboardings', tenant.key)
      .send({ email: 'grace@example.com', name: 'Grace' });
    const bikes = [
      await post({ ref: 'b 1' }),
      await post({ ownerRef: 'x' }),
      await post({ ownerUserId: onboarding.userId }),
    ];
    const idsOf = async (query: string) => {
      const { body } = expectContract(await api.call('get', `/listings?${query}`, tenant.key));
      return body.items.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('')).toEqual([...bikes.toReversed(), car]);
    expect(await idsOf('state=draft&category=bikes')).toEqual(bikes.toReversed());
    expect(await idsOf('ref=b%201')).toEqual([bikes[0]]);
    expect(await idsOf('ownerRef=x')).toEqual([bikes[1]]);
    expect(await idsOf(`ownerUserId=${onboarding.userId}`)).toEqual([bikes[2]]);
    expect(await idsOf(`ownerUserId=${onboarding.userId}&ownerRef=x`)).toEqual([]);
    await api.call('patch', `/listings/${bikes[0]}`, tenant.key).send({ title: 'Changed' });
    const { listings } = api.database.models;
    const long = new Date(Date.now() - 60_000);
    await listings.collection.updateMany({ tenantId: tenant.tenantId }, { $set: { touchedAt: long } });
    const changedAt = new Date(Date.now() - 10_000);
    await listings.collection.updateOne({ _id: bikes[0] as never }, { $set: { touchedAt: changedAt } });
    expect(await idsOf(`updatedAfter=${changedAt.toISOString()}`)).toEqual([bikes[0]]);
    expect((await idsOf('updatedAfter=2020-01-01T00:00:00Z')).at(-1)).toBe(bikes[0]);
  });
});
