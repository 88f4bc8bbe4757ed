import { Context } from '@temporalio/activity';
import type { Activities } from '../../../activities';
import { listingReviewProcess } from '../../../src/contracts/listings/process';
import { entityModel } from '../../../src/models/entity-model';
import { openStuckItem } from '../../../src/services/operator/stuck-items';
import { createStuckOperations } from '../../../src/services/operator/stuck-operations';
import { createRunningWorkflows } from '../../../src/temporal/running-workflows';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { waitFor } from '../../../src/testing/wait-for';
import { openReviewWorld, type ReviewWorld } from './review-world';

let world: ReviewWorld;
/** True while the search index refuses every write of a review. */
let isAway = false;
const failedAttempts = new Map<string, number>();

const whileAway = (activities: Activities): Activities => ({
  ...activities,
  async publishToSearchIndex(input) {
    if (!isAway) return activities.publishToSearchIndex(input);
    failedAttempts.set(input.reviewId, Context.current().info.attempt);
    throw new Error('The search index is away');
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openReviewWorld({ wrap: whileAway });
});
afterAll(() => world.close());
afterEach(() => {
  isAway = false;
});

const triedAgain = (reviewId: string) =>
  waitFor(async () => (failedAttempts.get(reviewId) ?? 0) >= 2, { what: 'a second attempt to publish' });
const shownVersionOf = async (listingId: string) => {
  const [entry] = await world.search.versionsOf([listingId]);
  return entry?.isShown ? entry.version : null;
};
const isUnfinished = async (reviewId: string) => {
  const filter = { _id: reviewId, ...listingReviewProcess.openFilter };
  return (await entityModel(world.database.models, 'listing_review').exists(filter)) !== null;
};

it('publishes an approved listing to the search index before it ends', async () => {
  const { listingId, reviewId } = await world.submitted({ policy: 'never' });
  expect(await world.handle(reviewId).result()).toBe('approved');
  const { version, state } = await world.readListing(listingId);
  expect([state, await shownVersionOf(listingId)]).toEqual(['live', version]);
  expect([(await world.readReview(reviewId)).unindexed, await isUnfinished(reviewId)]).toEqual([false, false]);
});

it('tries until the search index takes it, and answers reviewers meanwhile', async () => {
  const { listingId, reviewId } = await world.submitted();
  await world.until(reviewId, 'queued');
  isAway = true;
  expect(await world.command(reviewId, 'approveListing', { reviewer: 'mona' })).toMatchObject({ state: 'approved' });
  await triedAgain(reviewId);
  expect(await world.handle(reviewId).query('getState')).toEqual({
    state: 'approved',
    waitingFor: { what: 'search_index', until: null },
  });
  await expect(world.command(reviewId, 'rejectListing', { reviewer: 'otto' })).rejects.toMatchObject({
    code: 'REVIEW_NOT_OPEN',
  });
  // The run is missed by nobody while it still has something to do.
  expect([await isUnfinished(reviewId), (await world.readListing(listingId)).state]).toEqual([true, 'live']);
  expect(await shownVersionOf(listingId)).toBeNull();
  isAway = false;
  expect(await world.handle(reviewId).result()).toBe('approved');
  expect(await shownVersionOf(listingId)).toBe((await world.readListing(listingId)).version);
  expect(await isUnfinished(reviewId)).toBe(false);
  await recordHistory('listing_review-publish-retried', world.handle(reviewId));
});

it('undoes the publication of a run that is cancelled meanwhile, of a listing that buyers do not see', async () => {
  for (const [withdrawn, shown] of [
    [true, null],
    [false, 'as before'],
  ] as const) {
    const { listingId, reviewId } = await world.submitted({ policy: 'never' });
    await world.handle(reviewId).result();
    await world.edit(listingId, { title: 'Blue city bicycle with two baskets' });
    isAway = true;
    const again = await world.submit(listingId);
    await triedAgain(again);
    if (withdrawn) await world.move(listingId, 'withdraw');
    await world.handle(again).cancel();
    expect(await world.handle(again).result()).toBe('approved');
    isAway = false;
    expect([withdrawn, await shownVersionOf(listingId)]).toEqual([withdrawn, shown && expect.any(Number)]);
    expect(await isUnfinished(again)).toBe(false);
    if (withdrawn) await recordHistory('listing_review-publish-cancelled', world.handle(again));
  }
});

it('lost before it has published, is restarted to publish, or closed with its approval', async () => {
  const workflows = createRunningWorkflows(world.client);
  const operations = createStuckOperations({ database: world.database, workflows });
  const operator = { kind: 'operator', id: null } as const;
  for (const [remedy, isShown] of [
    ['restart', true],
    ['close', false],
  ] as const) {
    isAway = true;
    const { listingId, reviewId } = await world.submitted({ policy: 'never' });
    await triedAgain(reviewId);
    await world.handle(reviewId).terminate('lost');
    isAway = false;
    const subject = listingReviewProcess.workflowId({ _id: reviewId, tenantId: world.tenantId });
    const about = { tenantId: world.tenantId, entityType: 'listing_review', entityId: reviewId, subject } as const;
    await openStuckItem({
      database: world.database,
      ...about,
      kind: 'workflow_missing',
      detail: 'its process is gone',
    });
    const item = await world.database.models.stuckItems.findOne({ subject, open: true }).lean().orFail();
    await world.database.inTransaction((session) =>
      remedy === 'restart'
        ? operations.restart({ item, by: operator, session })
        : operations.close({ item, by: operator, reason: null, session }),
    );
    await world.relay();
    await waitFor(async () => !(await isUnfinished(reviewId)), { what: `the ${remedy} to be done` });
    expect([remedy, (await world.readListing(listingId)).state]).toEqual([remedy, 'live']);
    expect([remedy, (await shownVersionOf(listingId)) !== null]).toEqual([remedy, isShown]);
    expect((await world.readReview(reviewId)).state).toBe('approved');
  }
});
