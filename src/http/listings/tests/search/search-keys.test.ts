import { expectContract } from '../../../../testing/expect-contract';
import { openSearchWorld, type SearchWorld } from './search-world';

const HOUR = 3_600_000;

let world: SearchWorld;
beforeAll(async () => {
  world = await openSearchWorld();
});
afterAll(() => world.api.stop());
afterEach(() => world.setClock(0));

const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });

/** What buyers see of a listing. */
const shown =
  'attributes category description expiresAt id images language lastDay place price publishedAt title'.split(' ');

describe('a key with the scope search', () => {
  it('reads a listing as buyers see it, while they see it', async () => {
    const id = await world.publish(
      { title: 'For buyers', ownerRef: 'dealer-1', metadata: { margin: 'high' } },
      { endsInMs: HOUR },
    );
    const { listings } = world.api.database.models;
    const read = (key: string) => world.api.call('get', `/listings/${id}`, key);
    const { body, status } = await read(world.searchKey);
    expect([status, Object.keys(body).sort()]).toEqual([200, shown]);
    expect((await read(world.tenant.key)).body).toMatchObject({ state: 'live', metadata: { margin: 'high' } });
    await world.setClock(HOUR);
    expect([(await read(world.searchKey)).status, (await read(world.tenant.key)).body.state]).toEqual([404, 'expired']);
    await world.setClock(0);
    await listings.updateOne({ _id: id }, { $set: { state: 'suspended' } });
    expect((await read(world.searchKey)).status).toBe(404);
  });

  it('reads a category without what concerns the publication, in its ETag too', async () => {
    const path = '/listing-categories/boats';
    const names = { en: 'Boats', de: 'Boote' };
    const put = async (body: object) =>
      expectContract(await world.api.call('put', path, world.tenant.key).send({ names, ...body }));
    const read = async (tag = '') =>
      expectContract(await world.api.call('get', path, world.searchKey).set('If-None-Match', tag));
    await put({ durationDays: 7, review: 'never' });
    const { headers, body } = await read();
    expect(body).toEqual({ slug: 'boats', names, parent: null, attributes: [], price: null });
    const { items } = expectContract(await world.api.call('get', '/listing-categories', world.searchKey)).body;
    expect(items).toContainEqual(body);
    await put({ durationDays: 9, review: 'always' });
    expect((await read(headers.etag)).status).toBe(304);
    await put({ names: { ...names, en: 'Ships' } });
    expect((await read(headers.etag)).body.names.en).toBe('Ships');
    const own = expectContract(await world.api.call('get', path, world.tenant.key)).body;
    expect(own).toMatchObject({ durationDays: null, review: null, createdAt: expect.any(String) });
  });

  it('learns of a draft by no ETag, and of every change of what it sees', async () => {
    const id = await world.publish({ title: 'For buyers' });
    const read = async (tag = '') =>
      expectContract(await world.api.call('get', `/listings/${id}`, world.searchKey).set('If-None-Match', tag));
    const change = async (body: object) =>
      expect((await world.api.call('patch', `/listings/${id}`, world.tenant.key).send(body)).status).toBe(200);
    const { etag } = (await read()).headers as { etag: string };
    await change({ title: 'A draft' });
    await change({ metadata: { margin: 'high' } });
    expect([(await read()).headers.etag, (await read(etag)).status]).toEqual([etag, 304]);
    await change({ price: euros(700) });
    const { status, headers, body } = await read(etag);
    expect([status, headers.etag === etag, body.price]).toEqual([200, false, euros(700)]);
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
