import { endChecks, seedReview } from '../../../testing/contract/seed-review';
import { cars, golf } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { casesOf } from '../../../testing/long-form';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const MINUTE = 60_000;
const REVIEWS = casesOf({ short: 60, long: 200 });
const reviewer = 'moderator-3';

let api: TestApi;
let key: string;
let tenantId: string;
beforeAll(async () => {
  api = await startTestApi({
    limits: { requestsPerMinute: 10_000, maxBodyBytes: 65_536 },
  });
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, body?: object) => {
  const test = api.call('post', path, key);
  return expectContract(await (body ? test.send(body) : test));
};
const get = async (path: string) => expectContract(await api.call('get', path, key));
const queued = () => seedReview({ api, key });
const setListing = (listingId: string, set: object) =>
  api.database.models.listings.updateOne({ _id: listingId }, { $set: set });
/** Publishes a listing as an approval does, until an instant. */
const published = async (expiresAt: Date) => {
  const { listingId, reviewId } = await queued();
  await api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: { state: 'approved' } });
  const { draft: live } = (await api.database.models.listings.findById(listingId).lean())!;
  const times = { publishedAt: new Date(), expiresAt, lastDay: '2027-01-01' };
  await setListing(listingId, { state: 'live', live, draft: null, reviewId: null, ...times });
  return listingId;
};
const hour = (ahead: number) => new Date(Date.now() + ahead * 60 * MINUTE);

describe('submitting a listing', () => {
  it('opens a review, whose address is in the response, and starts its process', async () => {
    const { listingId, reviewId } = await queued();
    const { body } = await get(`/listings/${listingId}`);
    expect(body).toMatchObject({ state: 'in_review', review: { id: reviewId, revision: 1 }, live: null });
    expect(api.started.at(-1)?.start).toMatchObject({
      workflowId: `listingApproval/${reviewId}`,
      taskQueue: 'listings',
    });
    const again = await post(`/listings/${listingId}/submit`);
    expect(again.body).toMatchObject({ status: 409, code: 'LISTING_IN_REVIEW' });
  });

  it('is refused while nothing differs from what buyers see, or while it is suspended', async () => {
    const listingId = await published(hour(1));
    expect((await post(`/listings/${listingId}/submit`)).body.code).toBe('NOTHING_TO_SUBMIT');
    const suspended = await post(`/listings/${listingId}/suspend`, { reviewer, reason: 'Reported' });
    expect(suspended.body).toMatchObject({ state: 'suspended', suspension: { reviewer, reason: 'Reported' } });
    expect((await post(`/listings/${listingId}/submit`)).body.code).toBe('LISTING_SUSPENDED');
    const reinstated = await post(`/listings/${listingId}/reinstate`, { reviewer, reason: 'All is well' });
    expect(reinstated.body).toMatchObject({ state: 'live', suspension: null });
  });
});

describe('a live listing', () => {
  it('is withdrawn and republished while its time lasts', async () => {
    const listingId = await published(hour(1));
    expect((await post(`/listings/${listingId}/withdraw`, { reason: 'sold' })).body.state).toBe('withdrawn');
    expect((await post(`/listings/${listingId}/withdraw`, { reason: 'sold' })).body.code).toBe('LISTING_NOT_LIVE');
    expect((await post(`/listings/${listingId}/republish`)).body.state).toBe('live');
    expect((await post(`/listings/${listingId}/republish`)).body.code).toBe('ILLEGAL_STATE');
  });

  it('reads as expired everywhere once its time has passed, although nothing has written that', async () => {
    const [over, live] = [await published(hour(-1)), await published(hour(1))];
    expect((await get(`/listings/${over}`)).body.state).toBe('expired');
    const idsOf = async (state: string) =>
      (await get(`/listings?state=${state}`)).body.items.map(({ id }: { id: string }) => id);
    expect([await idsOf('live'), await idsOf('expired')]).toEqual([[live], [over]]);
    expect((await post(`/listings/${over}/withdraw`, { reason: 'sold' })).body.code).toBe('LISTING_NOT_LIVE');
    expect((await post(`/listings/${over}/suspend`, { reviewer, reason: 'Spam' })).body.code).toBe('LISTING_NOT_LIVE');
    const price = { amountMinor: 20_000, currency: 'EUR' };
    const { body } = expectContract(await api.call('patch', `/listings/${over}`, key).send({ price }));
    expect(body).toMatchObject({ state: 'expired', live: { price: golf.price }, draft: { price } });
  });

  it('pages through the live ones, although the time goes on between two pages', async () => {
    const ids = [await published(hour(1)), await published(hour(1))];
    const first = await get('/listings?state=live&limit=1');
    const second = await get(`/listings?state=live&limit=1&cursor=${first.body.next}`);
    expect([first, second].map(({ body }) => body.items[0].id)).toEqual(ids.toReversed());
  });

  it('changes its price at once within the bounds of the category, and everything else by a review', async () => {
    const listingId = await published(hour(1));
    const patch = (body: object) => api.call('patch', `/listings/${listingId}`, key).send(body).then(expectContract);
    const price = { amountMinor: 20_000, currency: 'EUR' };
    expect((await patch({ price })).body).toMatchObject({ live: { price }, draft: null, revision: 2 });
    const below = { amountMinor: cars.price.min.amountMinor - 1, currency: 'EUR' };
    expect((await patch({ price: below })).body.code).toBe('PRICE_OUT_OF_BOUNDS');
    expect((await patch({ title: 'Another title' })).body).toMatchObject({
      state: 'live',
      live: { title: golf.title },
      draft: { title: 'Another title' },
    });
    expect((await patch({ durationDays: 90 })).body).toMatchObject({ code: 'DURATION_INVALID' });
  });
});

describe('a claim', () => {
  it('keeps others away for 30 minutes, and is released or passes', async () => {
    const { listingId, reviewId } = await queued();
    const claimed = await post(`/listings/${listingId}/claim`, { reviewer });
    expect(claimed.body).toMatchObject({ id: reviewId, state: 'claimed', claim: { reviewer } });
    const refused = await post(`/listings/${listingId}/claim`, { reviewer: 'somebody-else' });
    expect(refused.body).toMatchObject({ status: 409, code: 'REVIEW_CLAIMED' });
    expect(refused.body.detail).toContain(`${reviewer} has claimed the review until ${claimed.body.claim.until}`);
    expect((await get('/listing-reviews?state=claimed')).body.items).toHaveLength(1);
    expect((await get('/listing-reviews?state=queued')).body.items).toHaveLength(0);
    expect((await get(`/listing-reviews?claimedBy=${reviewer}`)).body.items).toHaveLength(1);
    await api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: { claimedUntil: new Date() } });
    expect((await get('/listing-reviews?state=queued')).body.items).toMatchObject([{ state: 'queued', claim: null }]);
    await post(`/listings/${listingId}/claim`, { reviewer: 'somebody-else' });
    expect((await post(`/listings/${listingId}/release`, { reviewer })).body.code).toBe('REVIEW_CLAIMED');
    const released = await post(`/listings/${listingId}/release`, { reviewer: 'somebody-else' });
    expect(released.body).toMatchObject({ state: 'queued', claim: null });
  });

  it('of twenty reviewers on many reviews by next, no two get the same one, the oldest first', async () => {
    await queued();
    const listings = Array.from({ length: REVIEWS - 1 }, async () => (await post('/listings', golf)).body.id as string);
    for (const listingId of await Promise.all(listings)) {
      const { body } = await post(`/listings/${listingId}/submit`);
      await endChecks({ api, reviewId: body.review.id });
    }
    const oldest = await api.database.models.listingReviews.find({ tenantId }).sort({ queuedSince: 1, _id: 1 }).lean();
    const work = async (name: string): Promise<string[]> => {
      const mine: string[] = [];
      for (;;) {
        const { status, body } = await post('/listing-reviews/next', { reviewer: name });
        if (status === 204) return mine;
        mine.push(body.id);
      }
    };
    const first = await post('/listing-reviews/next', { reviewer });
    expect(first.body.id).toBe(oldest[0]!._id);
    const taken = await Promise.all(Array.from({ length: 20 }, (_each, index) => work(`reviewer-${index}`)));
    expect(taken.flat()).toHaveLength(REVIEWS - 1);
    expect(new Set([first.body.id, ...taken.flat()]).size).toBe(REVIEWS);
  }, 240_000);

  it('is not offered to the author', async () => {
    const { reviewId } = await queued();
    await api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: { authors: [reviewer] } });
    expect((await post('/listing-reviews/next', { reviewer })).status).toBe(204);
    expect((await post('/listing-reviews/next', { reviewer, category: 'bikes' })).status).toBe(204);
    expect((await post('/listing-reviews/next', { reviewer: 'x', category: 'cars' })).body.id).toBe(reviewId);
  });
});

describe('a decision', () => {
  const decision = { reviewer, revision: 1, comment: 'A comment that stays in MongoDB' };

  it('goes to the run of the review, with its words kept in MongoDB alone', async () => {
    const { listingId, reviewId } = await queued();
    const { status, headers } = await post(`/listings/${listingId}/approve`, decision);
    expect([status, headers['content-location']]).toEqual([200, `/api/v1/listing-reviews/${reviewId}`]);
    const sent = api.commands.at(-1)!;
    expect(sent).toEqual(expect.objectContaining({ command: 'approveListing', reviewId, tenantId }));
    expect(JSON.stringify(sent)).not.toContain('MongoDB');
    const kept = await api.database.models.commandPayloads.findOne({ entityId: reviewId }).lean();
    expect(kept?.payload).toEqual({ reviewer, comment: decision.comment });
  });

  it('about an edited revision is told so, and nothing is sent', async () => {
    const { listingId, reviewId } = await queued();
    expectContract(await api.call('patch', `/listings/${listingId}`, key).send({ title: 'Another title' }));
    const { body } = await get(`/listings/${listingId}`);
    expect(body).toMatchObject({ state: 'in_review', revision: 2, review: { revision: 2 } });
    await endChecks({ api, reviewId: body.review.id });
    const before = api.commands.length;
    const refused = await post(`/listings/${listingId}/reject`, { ...decision, reason: 'other' });
    expect(refused.body).toMatchObject({ status: 409, code: 'REVISION_CHANGED', errors: [{ pointer: '/revision' }] });
    expect(api.commands).toHaveLength(before);
    expect((await get(`/listing-reviews/${reviewId}`)).body).toMatchObject({ state: 'superseded', waitingFor: null });
  });

  it('is refused without a review, and by the author', async () => {
    const { listingId, reviewId } = await queued();
    await api.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: { authors: [reviewer] } });
    expect((await post(`/listings/${listingId}/approve`, decision)).body.code).toBe('REVIEWER_IS_AUTHOR');
    expect((await post(`/listings/${listingId}/withdraw`, { reason: 'other' })).body.state).toBe('draft');
    expect((await post(`/listings/${listingId}/approve`, decision)).body.code).toBe('REVIEW_NOT_OPEN');
    expect((await get(`/listing-reviews/${reviewId}/events`)).body.items.at(-1).type).toBe('listing_review.cancelled');
  });
});

it('shows a reviewer the difference to what buyers see, the score and the findings', async () => {
  const listingId = await published(hour(1));
  expectContract(await api.call('patch', `/listings/${listingId}`, key).send({ title: 'Another title' }));
  const { body } = await post(`/listings/${listingId}/submit`, { submittedBy: 'clerk-7' });
  const reviewId = body.review.id;
  const findings = [{ rule: 'link', severity: 'review', pointer: '/description', evidence: 'x.example' }];
  await api.database.models.listingReviews.updateOne(
    { _id: reviewId },
    { $set: { state: 'queued', score: 61, findings } },
  );
  expect((await get(`/listing-reviews/${reviewId}`)).body).toMatchObject({
    state: 'queued',
    submittedBy: 'clerk-7',
    score: 61,
    findings,
    differences: [{ pointer: '/title', before: golf.title, after: 'Another title' }],
    waitingFor: { what: "a reviewer's decision", until: expect.any(String) },
  });
});

it('a reviewer and an author are known however their characters were composed', async () => {
  const [typed, whole] = ['Zoe\u0308', 'Zo\u00eb'];
  const { listingId, reviewId } = await queued();
  await api.database.models.listingReviews.deleteOne({ _id: reviewId });
  await setListing(listingId, { state: 'draft', reviewId: null });
  const { body } = await post(`/listings/${listingId}/submit`, { submittedBy: typed });
  await endChecks({ api, reviewId: body.review.id });
  // Nobody's own listing is in the way of the next one.
  expect((await post('/listing-reviews/next', { reviewer: whole })).status).toBe(204);
  const own = await post(`/listings/${listingId}/claim`, { reviewer: whole });
  expect(own.body.code).toBe('REVIEWER_IS_AUTHOR');
  const other = await queued();
  for (const name of [whole, typed])
    expect((await post(`/listings/${other.listingId}/claim`, { reviewer: name })).body.claim.reviewer).toBe(whole);
  const mine = await get(`/listing-reviews?claimedBy=${encodeURIComponent(typed)}`);
  expect(mine.body.items.map(({ id }: { id: string }) => id)).toEqual([other.reviewId]);
});
