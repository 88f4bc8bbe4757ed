import { randomUUID } from 'node:crypto';
import type { ReviewDecision } from '../../../domain/listings/review';
import { changeListing } from '../../../services/listings/change-listing';
import { decideReview } from '../../../services/listings/reviews/end-review';
import { expireDueListings } from '../../../services/listings/sweep/expire-due';
import { golf, seedListing } from '../../../testing/contract/seed-listing';
import { deferred } from '../../../testing/deferred';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const DAY_MS = 86_400_000;
let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

/** Returns a function that reads the listings changed since its last call, as a partner does, and what it knows. */
function follower() {
  let since = '2020-01-01T00:00:00.000Z';
  const known = new Map<string, string>();
  return async () => {
    const { body } = expectContract(await api.call('get', `/listings?updatedAfter=${since}`, key));
    for (const { id, draft, live, state, changedAt } of body.items) {
      known.set(id, `${state}: ${(draft ?? live).title}`);
      since = changedAt;
    }
    return known;
  };
}

/** Lets ten seconds of real time pass for the changes made so far. */
const settle = async () => {
  const { collection } = api.database.models.listings;
  for (const { _id, touchedAt } of await collection.find({ tenantId }).toArray())
    await collection.updateOne({ _id }, { $set: { touchedAt: new Date(touchedAt.getTime() - 10_000) } });
};
const patch = async (listingId: string, title: string) =>
  expect((await api.call('patch', `/listings/${listingId}`, key).send({ title })).status).toBe(200);
const post = async () => String((await api.call('post', '/listings', key).send(golf)).body.id);
const setLive = (listingId: string, expiresAt: Date) => {
  const set = { state: 'live', live: { ...golf, images: [] }, draft: null, publishedAt: new Date(0), expiresAt };
  return api.database.models.listings.updateOne(
    { _id: listingId },
    { $set: { ...set, lastDay: '2026-01-01', endSetAt: new Date(0) } },
  );
};

it('an older change that commits after a newer one was made is not missed', async () => {
  const { listingId: slow } = await seedListing({ api, key });
  const quick = await post();
  await settle();
  const follow = follower();
  await follow();
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
  await patch(quick, 'Newer');
  expect((await follow()).get(quick)).not.toBe('draft: Newer');
  committing.resolve();
  await older;
  await settle();
  expect(Object.fromEntries(await follow())).toEqual({ [slow]: 'draft: Older', [quick]: 'draft: Newer' });
});

it('an expiry that a sweep writes days after its midnight follows what was changed meanwhile', async () => {
  const { listingId: over } = await seedListing({ api, key });
  const changed = await post();
  const end = new Date(Date.now() - 3 * DAY_MS);
  await setLive(over, new Date(Date.now() + DAY_MS));
  await patch(changed, 'Meanwhile');
  await settle();
  const follow = follower();
  expect((await follow()).get(over)).toBe(`live: ${golf.title}`);
  await api.database.models.listings.collection.updateOne(
    { _id: over as never },
    { $set: { expiresAt: end, updatedAt: end } },
  );
  await expireDueListings({ database: api.database, tenantId, at: new Date(), after: null });
  await settle();
  expect((await follow()).get(over)).toBe(`expired: ${golf.title}`);
  const { body } = expectContract(await api.call('get', `/listings/${over}`, key));
  expect(body.updatedAt).toBe(end.toISOString());
});

it('a decision that its workflow dated an hour before it was written is not missed', async () => {
  const { listingId: reviewed } = await seedListing({ api, key });
  const changed = await post();
  await api.call('post', `/listings/${reviewed}/submit`, key).set('Idempotency-Key', randomUUID()).send({});
  await patch(changed, 'Meanwhile');
  await settle();
  const follow = follower();
  expect((await follow()).get(reviewed)).toBe(`in_review: ${golf.title}`);
  const hourAgo = new Date(Date.now() - 3_600_000);
  const { listings, listingReviews } = api.database.models;
  await listings.collection.updateOne({ _id: reviewed as never }, { $set: { updatedAt: hourAgo } });
  await api.database.inTransaction(async (session) => {
    const review = await listingReviews.findOne({ listingId: reviewed }).session(session).lean().orFail();
    const by = { kind: 'workflow', id: null } as const;
    const change = { tenantId, reviewId: review._id, step: 'approve', at: hourAgo.toISOString(), by };
    const decision: ReviewDecision = { outcome: 'approved', reviewer: null, reason: null, comment: null, fields: [] };
    await decideReview({ database: api.database, session, change, review, decision });
  });
  await settle();
  expect((await follow()).get(reviewed)).toBe(`live: ${golf.title}`);
});

it('the listings of a batch are stamped together, as the last thing before they are stored', async () => {
  await seedListing({ api, key });
  const items = ['a', 'b', 'c', 'd', 'e'].map((ref) => ({ ...golf, ref, title: `Golf ${ref}` }));
  const bulk = (mode: string, changes: object) =>
    api
      .call('post', '/listings/bulk', key)
      .set('Idempotency-Key', randomUUID())
      .send({ mode, items: items.map((item) => ({ ...item, ...changes })), submit: true });
  const stamps = async () =>
    new Set(
      (await api.database.models.listings.find({ tenantId, ref: { $ne: null } }).lean()).map(({ touchedAt }) =>
        touchedAt!.getTime(),
      ),
    );
  expect((await bulk('create', {})).body.counts.created).toBe(5);
  const created = await stamps();
  expect(created.size).toBe(1);
  expect((await bulk('upsert', { description: 'Of a new description' })).body.counts.updated).toBe(5);
  expect((await stamps()).size).toBe(1);
});

it("the order of changes is real time's, wherever the clock of a sandbox stands", async () => {
  const { listingId: first } = await seedListing({ api, key });
  const second = await post();
  const setClock = (offsetMs: number) =>
    api.database.models.sandboxClocks.updateOne(
      { _id: tenantId },
      { $set: { tenantId, offsetMs, resets: 0, updatedAt: new Date() } },
      { upsert: true },
    );
  await setClock(90 * DAY_MS);
  await patch(first, 'Dated ahead');
  await settle();
  const follow = follower();
  await follow();
  await setClock(0);
  await patch(second, 'Dated now');
  await settle();
  expect(Object.fromEntries(await follow())).toEqual({ [first]: 'draft: Dated ahead', [second]: 'draft: Dated now' });
});

it('pages of changes continue from their cursors while time goes on', async () => {
  const { listingId } = await seedListing({ api, key });
  const second = await post();
  await settle();
  const path = '/listings?updatedAfter=2020-01-01T00:00:00Z&limit=1';
  const { body: page } = await api.call('get', path, key);
  const { body: rest } = await api.call('get', `${path}&cursor=${page.next}`, key);
  const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
  expect([...idsOf(page), ...idsOf(rest)]).toEqual([listingId, second]);
});
