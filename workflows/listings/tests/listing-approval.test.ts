import { listingApprovalId } from '../../../src/contracts/listings/review';
import { taskQueues } from '../../../src/contracts/task-queues';
import { newId } from '../../../src/domain/ids';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openReviewWorld, type ReviewWorld } from './review-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: ReviewWorld;
beforeAll(async () => {
  quietTemporal();
  const listings = { rules: { link: 'block' as const }, deputies: ['deputy@partner.example'] };
  world = await openReviewWorld({ partner: { listings } });
});
afterAll(() => world.close());

const ended = async (reviewId: string, historyName?: string) => {
  const ending = await world.handle(reviewId).result();
  if (historyName) await recordHistory(historyName, world.handle(reviewId));
  return ending;
};
const queued = async (input: Parameters<ReviewWorld['submitted']>[0] = {}) => {
  const ids = await world.submitted(input);
  await world.until(ids.reviewId, 'queued');
  return ids;
};
const setOnSilence = (onSilence: 'wait' | 'reject') =>
  world.database.models.partners.updateOne({ _id: world.partnerId }, { $set: { 'listings.onSilence': onSilence } });

describe('listingApproval', () => {
  it('approves without a person where policy and findings allow, and publishes at once', async () => {
    const { listingId, reviewId } = await world.submitted({ policy: 'never', durationDays: 10 });
    expect(await ended(reviewId, 'listing_review-approved-by-checks')).toBe('approved');
    const listing = await world.readListing(listingId);
    expect(listing).toMatchObject({ state: 'live', draft: null, reviewId: null, live: { title: listing.live?.title } });
    expect(listing.expiresAt!.getTime() - listing.publishedAt!.getTime()).toBeGreaterThan(10 * DAY);
    expect(await world.timeline(reviewId)).toEqual(['opened', 'checked', 'approved']);
    expect(await world.timeline(listingId)).toEqual(['created', 'submitted', 'checked', 'approved', 'published']);
    expect(await world.mails(reviewId)).toEqual([]);
  });

  it('waits for a reviewer, whom nobody else may overtake, and publishes what was approved', async () => {
    const { listingId, reviewId } = await queued({ ownerRef: 'dealer', submittedBy: 'clerk' });
    for (const reviewer of ['dealer', 'clerk'])
      await expect(world.command(reviewId, 'approveListing', { reviewer })).rejects.toMatchObject({
        code: 'REVIEWER_IS_AUTHOR',
      });
    await world.command(reviewId, 'claimListing', { reviewer: 'mona' });
    await expect(world.command(reviewId, 'claimListing', { reviewer: 'otto' })).rejects.toMatchObject({
      code: 'REVIEW_CLAIMED',
    });
    await expect(world.command(reviewId, 'approveListing', { reviewer: 'otto' })).rejects.toMatchObject({
      code: 'REVIEW_CLAIMED',
    });
    await world.command(reviewId, 'releaseListing', { reviewer: 'mona' });
    expect(await world.handle(reviewId).query('getState')).toMatchObject({ state: 'queued' });
    const approval = { reviewer: 'otto', comment: 'A fine bicycle' };
    expect(await world.command(reviewId, 'approveListing', approval)).toMatchObject({ state: 'approved' });
    expect(await ended(reviewId, 'listing_review-approved')).toBe('approved');
    expect(await world.readListing(listingId)).toMatchObject({ state: 'live', draft: null });
    expect((await world.readReview(reviewId)).decision).toMatchObject(approval);
    expect((await world.timeline(reviewId)).filter((type) => !type.startsWith('mail'))).toEqual([
      'opened',
      'checked',
      'queued',
      'claimed',
      'released',
      'approved',
    ]);
  });

  it('rejects with the words of the reviewer, which the owner and the next reviewer read', async () => {
    const { listingId, reviewId } = await queued();
    const rejection = { reviewer: 'mona', reason: 'quality', comment: 'Say where it is', fields: [] };
    expect(await world.command(reviewId, 'rejectListing', rejection)).toMatchObject({ state: 'rejected' });
    expect(await ended(reviewId, 'listing_review-rejected')).toBe('rejected');
    expect(await world.readListing(listingId)).toMatchObject({ state: 'rejected', live: null, rejection });
    const again = await world.submit(listingId);
    await world.until(again, 'queued');
    expect((await world.readReview(again)).lastRejection).toMatchObject(rejection);
  });

  it('rejects without a person by a rule that the partner set to block', async () => {
    const content = { description: 'Everything about it at www.bikes.example, have a look there first' };
    const { listingId, reviewId } = await world.submitted({ policy: 'flagged', content });
    expect(await ended(reviewId, 'listing_review-rejected-by-checks')).toBe('rejected');
    expect((await world.readListing(listingId)).rejection).toMatchObject({
      reviewer: null,
      reason: 'contact_details',
      fields: [{ pointer: '/description' }],
    });
  });

  it('ends superseded by an edit, whose review keeps the place in the queue and mails nobody', async () => {
    const { listingId, reviewId } = await queued();
    await world.edit(listingId, { title: 'Blue city bicycle with two baskets' });
    expect(await ended(reviewId, 'listing_review-superseded')).toBe('superseded');
    const { reviewId: next } = await world.readListing(listingId);
    await world.until(next!, 'queued');
    const [before, after] = [await world.readReview(reviewId), await world.readReview(next!)];
    expect(after).toMatchObject({ revision: 2, queuedSince: before.queuedSince, isAnnounced: true });
    await expect(world.command(reviewId, 'approveListing', { reviewer: 'mona' })).rejects.toMatchObject({
      code: 'REVISION_CHANGED',
    });
    await world.command(next!, 'approveListing', { reviewer: 'mona' });
    expect((await world.readListing(listingId)).live?.title).toBe('Blue city bicycle with two baskets');
    await ended(next!);
    expect(await world.mails(next!)).toEqual([]);
  });

  it('escalates to the deputies after 48 hours, then waits on where the partner says so', async () => {
    await setOnSilence('wait');
    const { listingId, reviewId } = await queued();
    await world.advance(reviewId, 48 * HOUR - 60_000);
    expect((await world.readReview(reviewId)).state).toBe('queued');
    await world.advance(reviewId, 120_000);
    expect(await world.readReview(reviewId)).toMatchObject({ state: 'escalated', overdue: true });
    await world.advance(reviewId, 3 * DAY);
    expect(await world.readReview(reviewId)).toMatchObject({ state: 'escalated', overdue: true });
    await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
    expect(await ended(reviewId, 'listing_review-escalated-waits')).toBe('approved');
    expect(await world.readListing(listingId)).toMatchObject({ state: 'live' });
    expect(await world.readReview(reviewId)).toMatchObject({ overdue: false });
    const mails = await world.database.models.outbox.find({ 'mail.template': 'reviewsOverdue' }).lean();
    expect(mails.map(({ mail }) => mail!.to)).toContain('deputy@partner.example');
  });

  it('rejects 24 hours after the escalation where the partner says so, and not a minute before', async () => {
    await setOnSilence('reject');
    const { listingId, reviewId } = await queued();
    await world.advance(reviewId, 48 * HOUR + 60_000);
    await world.until(reviewId, 'escalated');
    await world.advance(reviewId, 24 * HOUR - 3 * 60_000);
    expect((await world.readReview(reviewId)).state).toBe('escalated');
    await world.advance(reviewId, 10 * 60_000);
    expect(await ended(reviewId, 'listing_review-escalated-rejects')).toBe('rejected');
    expect((await world.readListing(listingId)).rejection).toMatchObject({ reviewer: null, reason: 'other' });
    await setOnSilence('wait');
  });

  it.each(['decides', 'leaves it at that'])(
    'rejects by silence only after the claim in which a reviewer %s',
    async (what) => {
      await setOnSilence('reject');
      const { reviewId } = await queued();
      await world.advance(reviewId, 48 * HOUR + 60_000);
      await world.until(reviewId, 'escalated');
      await world.advance(reviewId, 24 * HOUR - 5 * 60_000);
      await world.command(reviewId, 'claimListing', { reviewer: 'mona' });
      await world.advance(reviewId, 20 * 60_000);
      expect(await world.readReview(reviewId)).toMatchObject({ state: 'escalated', claimedBy: 'mona' });
      if (what === 'decides') await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
      else await world.advance(reviewId, 20 * 60_000);
      expect(await ended(reviewId)).toBe(what === 'decides' ? 'approved' : 'rejected');
      await setOnSilence('wait');
    },
  );

  it('ends cancelled where the listing is withdrawn before the decision', async () => {
    const { listingId, reviewId } = await queued();
    expect(await world.move(listingId, 'withdraw')).toMatchObject({ state: 'draft', reviewId: null });
    expect(await ended(reviewId, 'listing_review-withdrawn')).toBe('cancelled');
    const again = await world.submit(listingId);
    await world.until(again, 'queued');
    await world.command(again, 'cancelReview');
    expect(await ended(again, 'listing_review-cancelled')).toBe('cancelled');
    expect(await world.readListing(listingId)).toMatchObject({ state: 'draft', reviewId: null });
  });

  it('is cancelled by Temporal itself just as by command', async () => {
    const { listingId, reviewId } = await queued();
    await world.handle(reviewId).cancel();
    expect(await ended(reviewId, 'listing_review-cancelled-in-temporal')).toBe('cancelled');
    expect(await world.readListing(listingId)).toMatchObject({ state: 'draft', reviewId: null });
  });

  it.each(['approve', 'reject'] as const)('takes the decision of the signal %s', async (signal) => {
    const { listingId, reviewId } = await queued();
    await world.handle(reviewId).signal(signal, { reviewer: 'moderator-by-hand' });
    const end = signal === 'approve' ? 'approved' : 'rejected';
    expect(await ended(reviewId, `listing_review-${end}-by-signal`)).toBe(end);
    expect(await world.readListing(listingId)).toMatchObject({ state: signal === 'approve' ? 'live' : 'rejected' });
    expect((await world.readReview(reviewId)).decision).toMatchObject({ reviewer: 'moderator-by-hand' });
  });

  it('applies a decision once and returns the same for its repeat, even after the end', async () => {
    const { reviewId } = await queued();
    const first = await world.command(reviewId, 'approveListing', { reviewer: 'mona' }, `repeat-${reviewId}`);
    await ended(reviewId);
    const { tenantId } = world;
    const repeat = { tenantId, reviewId, commandId: `repeat-${reviewId}`, command: 'approveListing' as const };
    expect(await world.send({ ...repeat, by: { kind: 'api_key', id: 'key_test' } })).toEqual(first);
    await expect(world.command(reviewId, 'rejectListing', { reviewer: 'mona' })).rejects.toMatchObject({
      code: 'REVIEW_NOT_OPEN',
    });
  });

  it.each(['listingApproval', 'listingApprovalWorkflow'])(
    '%s fails with a clear code when started by hand, and changes nothing',
    async (workflowType) => {
      const reviewId = newId('listingReview');
      const before = await world.database.models.events.countDocuments({});
      const handle = await world.client.workflow.start(workflowType, {
        workflowId: listingApprovalId(reviewId),
        taskQueue: taskQueues.listings,
        args: [{ tenantId: world.tenantId, reviewId, correlationId: 'c' }],
      });
      await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { type: 'NOT_FOUND' } } });
      expect(await world.database.models.events.countDocuments({})).toBe(before);
    },
  );
});
