import { changeListing } from '../../../services/listings/change-listing';
import { golf, seedListing } from '../../../testing/contract/seed-listing';
import { deferred } from '../../../testing/deferred';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

/** Returns a function that reads the listings changed since its last call, as a partner does, and their titles. */
function follower() {
  let since = '2020-01-01T00:00:00.000Z';
  const titles = new Map<string, string>();
  return async () => {
    const { body } = expectContract(await api.call('get', `/listings?updatedAfter=${since}`, key));
    for (const { id, draft, updatedAt } of body.items) {
      titles.set(id, draft.title);
      since = updatedAt;
    }
    return titles;
  };
}

it('an older change that commits after a newer one was read is not missed', async () => {
  const { listingId: slow } = await seedListing({ api, key });
  const { body: quick } = await api.call('post', '/listings', key).send(golf);
  const [written, committing] = [deferred(), deferred()];
  const older = api.database.inTransaction(async (session) => {
    const listing = await api.database.models.listings.findOne({ _id: slow }).session(session).lean().orFail();
    const by = { kind: 'api_key', id: null } as const;
    const content = { title: 'Older' };
    const edit = { content, duration: {}, correlationId: 'c-1', by, at: new Date() };
    await changeListing({ database: api.database, session, listing, ...edit });
    written.resolve();
    await committing.promise;
  });
  await written.promise;
  const newer = await api.call('patch', `/listings/${quick.id}`, key).send({ title: 'Newer' });
  expect(newer.status).toBe(200);

  const follow = follower();
  expect((await follow()).get(slow)).not.toBe('Older');
  committing.resolve();
  await older;
  await api.database.models.sandboxClocks.insertMany([
    { _id: tenantId, tenantId, offsetMs: 60_000, resets: 0, updatedAt: new Date() },
  ]);
  expect(await follow()).toEqual(
    new Map([
      [slow, 'Older'],
      [quick.id, 'Newer'],
    ]),
  );
});

it('pages of changes continue from their cursors while time goes on', async () => {
  const tenant = await api.newTenant();
  const { listingId } = await seedListing({ api, key: tenant.key });
  const { body: second } = await api.call('post', '/listings', tenant.key).send(golf);
  const clock = { _id: tenant.tenantId, tenantId: tenant.tenantId, resets: 0, updatedAt: new Date() };
  await api.database.models.sandboxClocks.insertMany([{ ...clock, offsetMs: 60_000 }]);
  const path = '/listings?updatedAfter=2020-01-01T00:00:00Z&limit=1';
  const { body: page } = await api.call('get', path, tenant.key);
  await api.database.models.sandboxClocks.updateOne({ _id: tenant.tenantId }, { offsetMs: 90_000 });
  const { body: rest } = await api.call('get', `${path}&cursor=${page.next}`, tenant.key);
  const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
  expect([...idsOf(page), ...idsOf(rest)]).toEqual([listingId, second.id]);
});
