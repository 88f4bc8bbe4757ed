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
  ({ key, tenantId } = await api.newTenant());
  await api.call('put', '/listing-categories/cars', key).send(cars);
});
afterAll(async () => {
  await other.stop();
  await api.stop();
});

const send = async (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object, headers = {}) =>
  expectContract(await api.call(method, path, key).set(headers).send(body));
const create = (changes: object = {}, headers = {}) => send('post', '/listings', { ...golf, ...changes }, headers);

describe('racing requests', () => {
  it('take a ref once in a tenant, and all others learn which listing has it', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ ref: 'raced' })));
    const [winner] = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body);
    expect(refused).toHaveLength(7);
    for (const body of refused)
      expect(body).toMatchObject({ status: 409, code: 'REF_TAKEN', conflictsWith: winner?.body.id });
    expect(await api.database.models.listings.countDocuments({ tenantId, ref: 'raced' })).toBe(1);
    const stranger = await api.newTenant();
    await seedListing({ api, key: stranger.key });
    expect((await api.call('post', '/listings', stranger.key).send({ ...golf, ref: 'raced' })).status).toBe(201);
  });

  it('with one Idempotency-Key make one listing, and the repeats get its response', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => create({ ref: 'once' }, { 'Idempotency-Key': 'once' })),
    );
    const made = answers.filter(({ status }) => status === 201);
    const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(others.filter((code) => code !== 'REQUEST_IN_FLIGHT')).toEqual([]);
    const { listings, listingRevisions, events } = api.database.models;
    expect(await listings.countDocuments({ tenantId, ref: 'once' })).toBe(1);
    const listingId = String(made[0]?.body.id);
    expect(await listingRevisions.countDocuments({ tenantId, listingId })).toBe(1);
    expect(await events.countDocuments({ tenantId, entityId: listingId })).toBe(1);
  });

  it('that change one listing are all applied, each in a revision of its own', async () => {
    const { body } = await create();
    const path = `/listings/${body.id}`;
    const titles = Array.from({ length: 6 }, (_, index) => `Golf ${index}`);
    const answers = await Promise.all(
      titles.map((title, index) => (index % 2 === 0 ? api : other).call('patch', path, key).send({ title })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const { items } = (await send('get', `${path}/revisions`)).body;
    expect(items.map(({ revision }: { revision: number }) => revision)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(new Set(items.map((item: { content: { title: string } }) => item.content.title))).toEqual(
      new Set([golf.title, ...titles]),
    );
    expect((await send('get', path)).body).toMatchObject({ revision: 7, draft: { title: items[0].content.title } });
  });
});
