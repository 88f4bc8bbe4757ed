import { randomUUID } from 'node:crypto';
import { cars } from '../../../testing/contract/seed-listing';
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
});
afterAll(async () => {
  await other.stop();
  await api.stop();
});

const put = (slug: string) => api.call('put', `/listing-categories/${slug}`, key).send({ names: cars.names });
const least = (category: string) => ({ title: 'A car', description: 'Well kept', category });
const create = (category: string) => api.call('post', '/listings', key).send(least(category));

type Race = (slug: string) => Promise<Promise<unknown>[]>;
const races: [string, Race][] = [
  ['created', async (slug) => [1, 2, 3].map(async () => create(slug))],
  [
    'created by the fifty',
    async (slug) => {
      const items = Array.from({ length: 50 }, () => least(slug));
      const bulk = api.call('post', '/listings/bulk', key).set('Idempotency-Key', randomUUID());
      return [(async () => bulk.send({ mode: 'create', items }))()];
    },
  ],
  [
    'moved',
    async (slug) => {
      await put('lasting');
      const { body } = await create('lasting');
      return [(async () => api.call('patch', `/listings/${body.id}`, key).send({ category: slug }))()];
    },
  ],
];

it.each(races)('no listing is %s into a category that is deleted at that moment', async (_what, race) => {
  for (let round = 0; round < 12; round += 1) {
    const slug = `c${round}`;
    await put(slug);
    const entering = await race(slug);
    const deleted = await other.call('delete', `/listing-categories/${slug}`, key);
    await Promise.all(entering);
    const { listings, listingCategories, categorySlots } = api.database.models;
    const isGone = (await listingCategories.findOne({ tenantId, slug }).lean()) === null;
    const left = await listings.countDocuments({ tenantId, category: slug });
    expect([deleted.status, isGone]).toEqual(isGone ? [204, true] : [409, false]);
    if (isGone) expect([left, await categorySlots.countDocuments({ _id: { $regex: `/${slug}/` } })]).toEqual([0, 0]);
    await listings.deleteMany({ tenantId });
  }
});
