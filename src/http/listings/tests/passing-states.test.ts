import { seedReview } from '../../../testing/contract/seed-review';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const reviewer = 'moderator-3';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  ({ key } = await api.newTenant());
});
afterAll(() => api.stop());

const get = async (path: string, headers: Record<string, string> = {}) =>
  expectContract(await api.call('get', path, key).set(headers));
const post = async (path: string, body: object = {}, headers: Record<string, string> = {}) =>
  expectContract(await api.call('post', path, key).set(headers).send(body));
const setListing = (listingId: string, set: object) =>
  api.database.models.listings.updateOne({ _id: listingId }, { $set: set });
const setReview = (reviewId: string, set: object) =>
  api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: set });
const queued = () => seedReview({ api, key });
const inAnHour = () => new Date(Date.now() + 3_600_000);
const decision = { outcome: 'rejected', reviewer, reason: 'price', comment: null, fields: [] } as const;
/** Ends a review by a rejection, as its process does. */
const reject = async ({ listingId, reviewId }: { listingId: string; reviewId: string }) => {
  await setReview(reviewId, { state: 'rejected', decision, endedAt: new Date() });
  await setListing(listingId, { state: 'rejected', reviewId: null });
};
const tagOf = ({ headers }: { headers: object }) => (headers as Record<string, string>).etag!;

describe('an ETag', () => {
  it('of a live listing ends with its time, and a change accepts it all the same', async () => {
    const { listingId } = await queued();
    await setListing(listingId, { state: 'live', reviewId: null, publishedAt: new Date(), expiresAt: inAnHour() });
    const live = tagOf(await get(`/listings/${listingId}`));
    expect((await get(`/listings/${listingId}`, { 'If-None-Match': live })).status).toBe(304);
    await setListing(listingId, { expiresAt: new Date() });
    const over = await get(`/listings/${listingId}`, { 'If-None-Match': live });
    expect([over.status, over.body.state]).toEqual([200, 'expired']);
    expect((await get(`/listings/${listingId}`, { 'If-None-Match': tagOf(over) })).status).toBe(304);
    const patch = async (tag: string, title: string) => {
      const call = api.call('patch', `/listings/${listingId}`, key).set('If-Match', tag);
      return expectContract(await call.send({ title }));
    };
    const changed = await patch(tagOf(over), 'Another title');
    expect(changed.status).toBe(200);
    expect((await get(`/listings/${listingId}`, { 'If-None-Match': tagOf(changed) })).status).toBe(304);
    expect((await patch(tagOf(over), 'A third title')).status).toBe(412);
    const submitted = tagOf(await post(`/listings/${listingId}/submit`));
    expect((await get(`/listings/${listingId}`, { 'If-None-Match': submitted })).status).toBe(304);
  });

  it('of a claimed review ends with the claim', async () => {
    const { listingId, reviewId } = await queued();
    const claimed = tagOf(await post(`/listings/${listingId}/claim`, { reviewer }));
    expect((await get(`/listing-reviews/${reviewId}`, { 'If-None-Match': claimed })).status).toBe(304);
    await setReview(reviewId, { claimedUntil: new Date() });
    const passed = await get(`/listing-reviews/${reviewId}`, { 'If-None-Match': claimed });
    expect([passed.status, passed.body.claim]).toEqual([200, null]);
  });

  it('of an approved review ends when the search index has its listing', async () => {
    const { reviewId } = await queued();
    await setReview(reviewId, { state: 'approved', endedAt: new Date(), unindexed: true });
    const waiting = await get(`/listing-reviews/${reviewId}`);
    expect(waiting.body.waitingFor).toEqual({ what: 'search_index', until: null });
    await setReview(reviewId, { unindexed: false });
    const found = await get(`/listing-reviews/${reviewId}`, { 'If-None-Match': tagOf(waiting) });
    expect([found.status, found.body.waitingFor]).toEqual([200, null]);
    expect((await get(`/listing-reviews/${reviewId}`, { 'If-None-Match': tagOf(found) })).status).toBe(304);
  });

  it('of an open review ends when the content changes with which it is compared', async () => {
    const { listingId, reviewId } = await queued();
    const { draft } = await api.database.models.listings.findById(listingId).lean().orFail();
    await setListing(listingId, { state: 'live', live: draft });
    const alike = await get(`/listing-reviews/${reviewId}`);
    await setListing(listingId, { 'live.price': { amountMinor: 20_000, currency: 'EUR' } });
    const differing = await get(`/listing-reviews/${reviewId}`, { 'If-None-Match': tagOf(alike) });
    expect([alike.body.differences, differing.status, differing.body.differences?.length]).toEqual([[], 200, 1]);
  });
});

describe('a refusal that ends without the caller is not kept under the key', () => {
  it.each([
    ['a review', { state: 'rejected', reviewId: null }, 'LISTING_IN_REVIEW'],
    ['a suspension', { state: 'rejected', suspension: null, reviewId: null }, 'LISTING_SUSPENDED'],
  ])('%s', async (_what, ended, code) => {
    const { listingId } = await queued();
    if (code === 'LISTING_SUSPENDED') await setListing(listingId, { state: 'suspended', reviewId: null });
    const submit = () => post(`/listings/${listingId}/submit`, {}, { 'Idempotency-Key': `submit-${listingId}` });
    expect((await submit()).body.code).toBe(code);
    await setListing(listingId, ended);
    expect((await submit()).status).toBe(202);
  });
});

it('a revision shows the last decision about it, although a later review ended without one', async () => {
  const ids = await queued();
  await reject(ids);
  const decided = async () => (await get(`/listings/${ids.listingId}/revisions`)).body.items[0].decision;
  expect(await decided()).toMatchObject({ outcome: 'rejected', reason: 'price' });
  await post(`/listings/${ids.listingId}/submit`);
  expect(await decided()).toMatchObject({ outcome: 'rejected' });
  await post(`/listings/${ids.listingId}/withdraw`, { reason: 'other' });
  expect(await decided()).toMatchObject({ outcome: 'rejected', reason: 'price' });
});

it('a decision is answered again after the listing was deleted, and its review stays without content', async () => {
  const ids = await queued();
  const { listingId, reviewId } = ids;
  const approve = () =>
    post(`/listings/${listingId}/approve`, { reviewer, revision: 1 }, { 'Idempotency-Key': `approve-${listingId}` });
  const first = await approve();
  expect(first.status).toBe(200);
  await reject(ids);
  expectContract(await api.call('delete', `/listings/${listingId}`, key));
  await api.database.models.listingRevisions.deleteMany({ listingId });
  const again = await approve();
  expect([again.status, again.body]).toEqual([200, first.body]);
  const { body } = await get(`/listing-reviews/${reviewId}`);
  expect(body).toMatchObject({ state: 'rejected', content: null, decision: { reason: 'price' } });
  const another = await post(`/listings/${listingId}/approve`, { reviewer, revision: 1 });
  expect(another.status).toBe(404);
});
