import { listingApprovalId } from '../../../src/contracts/listings/review';
import { listingStateAt } from '../../../src/domain/listings/listing';
import { openStuckItem } from '../../../src/services/operator/stuck-items';
import { createStuckOperations } from '../../../src/services/operator/stuck-operations';
import { createRunningWorkflows } from '../../../src/temporal/running-workflows';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { openReviewWorld, type ReviewWorld } from './review-world';

const operator = { kind: 'operator', id: null } as const;

let world: ReviewWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openReviewWorld();
});
afterAll(() => world.close());

/** Loses the process of a review that waits for a person, and lists that for the operator. */
const lost = async () => {
  const ids = await world.submitted();
  const { reviewId } = ids;
  await world.until(reviewId, 'queued');
  await world.handle(reviewId).terminate('lost');
  const about = { tenantId: world.tenantId, entityType: 'listing_review', entityId: reviewId } as const;
  const subject = listingApprovalId(reviewId);
  const kind = 'workflow_missing';
  await openStuckItem({ database: world.database, ...about, kind, subject, detail: 'its process is gone' });
  const item = await world.database.models.stuckItems.findOne({ subject, open: true }).lean().orFail();
  return { ...ids, item };
};
const operations = () =>
  createStuckOperations({ database: world.database, workflows: createRunningWorkflows(world.client) });

it('restarted by the operator, a review goes on where it was', async () => {
  const { listingId, reviewId, item } = await lost();
  await world.database.inTransaction((session) => operations().restart({ item, by: operator, session }));
  await world.relay();
  await waitFor(async () => (await world.readReview(reviewId)).chain !== null, { what: 'the new run' });
  await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
  expect(await world.readListing(listingId)).toMatchObject({ state: 'live' });
  expect((await world.timeline(reviewId)).slice(-2)).toEqual(['restarted', 'approved']);
});

it("cancelled, the review of a live listing's draft leaves the listing live", async () => {
  const { listingId, reviewId } = await world.submitted();
  await world.until(reviewId, 'queued');
  await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
  await world.edit(listingId, { title: 'Red city bicycle with basket' });
  const again = await world.submit(listingId);
  await world.until(again, 'queued');
  await world.command(again, 'cancelReview');
  expect(await world.readListing(listingId)).toMatchObject({
    state: 'live',
    reviewId: null,
    draft: { title: 'Red city bicycle with basket' },
  });
  const events = await world.timeline(listingId);
  expect(events).not.toContain('withdrawn');
  expect(events.at(-1)).toBe('updated');
});

it('closed by the operator, a review takes no listing out of another one', async () => {
  const { listingId, item } = await lost();
  const reviewId = 'lrv_another';
  await world.database.models.listings.updateOne({ _id: listingId }, { $set: { reviewId } });
  await world.database.inTransaction((session) => operations().close({ item, by: operator, reason: null, session }));
  expect(await world.readListing(listingId)).toMatchObject({ state: 'in_review', reviewId });
});

it('closed by the operator, it ends cancelled, and the listing is a draft that can be submitted again', async () => {
  const { listingId, reviewId, item } = await lost();
  const claim = { claimedBy: 'mona', claimedUntil: new Date(Date.now() + 86_400_000) };
  await world.database.models.listingReviews.updateOne({ _id: reviewId }, { $set: claim });
  const close = { item, by: operator, reason: 'Lost for good' };
  await world.database.inTransaction((session) => operations().close({ ...close, session }));
  expect(await world.readReview(reviewId)).toMatchObject({
    state: 'cancelled',
    overdue: false,
    claimedBy: null,
    claimedUntil: new Date(0),
  });
  expect(await world.readListing(listingId)).toMatchObject({ state: 'draft', reviewId: null });
  const again = await world.submit(listingId);
  await world.until(again, 'queued');
});

it('an edit of an escalated listing gives its reviewers another 24 hours of silence', async () => {
  const { tenantId } = await world.newPartner({
    reviewers: ['r@partner.example'],
    listings: { onSilence: 'reject' },
  });
  const { _id: listingId } = await world.create({}, tenantId);
  const reviewId = await world.submit(listingId);
  await world.until(reviewId, 'queued');
  const advance = (by: string) => advanceHere({ world: { ...world, tenantId }, by });
  expect(await advance('P2DT1H')).toBeNull();
  expect(await advance('PT22H')).toBeNull();
  expect((await world.readReview(reviewId)).state).toBe('escalated');

  const next = (await world.edit(listingId, { title: 'Blue city bicycle with two baskets' })).reviewId!;
  const waiting = await world.database.models.outbox.find({ tenantId, open: true, pending: 'temporal' }).lean();
  for (const row of waiting) await world.starter.start(row);
  await world.until(next, 'escalated');
  const { queuedSince, escalatedAt } = await world.readReview(reviewId);
  expect(await advance('PT23H')).toBeNull();
  expect(await world.readReview(next)).toMatchObject({ state: 'escalated', overdue: true, queuedSince, escalatedAt });
  expect(await advance('PT2H')).toBeNull();
  await world.until(next, 'rejected');
});

it("follows the clock of a sandbox: an advance escalates the review, and a listing's time passes", async () => {
  const { tenantId } = await world.newPartner({ reviewers: ['r@partner.example'] });
  const submit = async (policy: 'always' | 'never', durationDays: number) => {
    const { _id: listingId } = await world.create({ policy, durationDays }, tenantId);
    return { listingId, reviewId: await world.submit(listingId) };
  };
  const waiting = await submit('always', 30);
  const short = await submit('never', 1);
  await world.until(waiting.reviewId, 'queued');
  await world.until(short.reviewId, 'approved');
  const stateOf = async (listingId: string) =>
    listingStateAt(await world.readListing(listingId), await world.clock.now(tenantId));
  expect(await stateOf(short.listingId)).toBe('live');

  expect(await advanceHere({ world: { ...world, tenantId }, by: 'P2DT1H' })).toBeNull();
  expect(await world.readReview(waiting.reviewId)).toMatchObject({ state: 'escalated', overdue: true });
  expect(await stateOf(short.listingId)).toBe('expired');

  // Waits for people alone, without a timer: the clock passes it.
  expect(await advanceHere({ world: { ...world, tenantId }, by: 'P5D' })).toBeNull();
  const late = await submit('always', 30);
  await world.until(late.reviewId, 'queued');
  await world.command(late.reviewId, 'approveListing', { reviewer: 'mona' });
  const { publishedAt } = await world.readListing(late.listingId);
  expect(publishedAt!.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);
});
