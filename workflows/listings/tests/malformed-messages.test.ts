import { listingApprovalId } from '../../../src/contracts/listings/review';
import { taskQueues } from '../../../src/contracts/task-queues';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openReviewWorld, type ReviewWorld } from './review-world';

let world: ReviewWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openReviewWorld();
});
afterAll(() => world.close());

const queued = async () => {
  const ids = await world.submitted();
  await world.until(ids.reviewId, 'queued');
  return ids;
};
const updated = (reviewId: string, name: string, args: unknown[]) =>
  world.handle(reviewId).executeUpdate(name, { args } as never);

it.each(['approve', 'reject'])('ignores the signal %s that names no reviewer, and goes on', async (signal) => {
  const { reviewId } = await queued();
  for (const args of [[], [null], [{}]]) await world.handle(reviewId).signal(signal, ...args);
  expect(await world.handle(reviewId).query('getState')).toMatchObject({ state: 'queued' });
  await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
  expect((await world.readReview(reviewId)).decision).toMatchObject({ reviewer: 'mona' });
});

it('takes a reason that the contract does not name as another reason', async () => {
  const { listingId, reviewId } = await queued();
  await world.handle(reviewId).signal('reject', { reviewer: 'moderator-by-hand', reason: 'no_such_reason' });
  expect(await world.handle(reviewId).result()).toBe('rejected');
  expect((await world.readListing(listingId)).rejection).toMatchObject({
    reviewer: 'moderator-by-hand',
    reason: 'other',
  });
});

it('refuses every decision and claim by nobody', async () => {
  const { listingId, reviewId } = await queued();
  for (const command of ['approveListing', 'rejectListing', 'claimListing', 'releaseListing'] as const)
    await expect(world.command(reviewId, command, {})).rejects.toMatchObject({ code: 'REVIEWER_MISSING' });
  expect(await world.readListing(listingId)).toMatchObject({ state: 'in_review', live: null });
});

it("takes no update for a step of the run's own, and none without an id", async () => {
  const { reviewId } = await queued();
  const by = { kind: 'operator', id: null };
  for (const cause of ['checks', 'silence'])
    await expect(updated(reviewId, 'rejectListing', [{ commandId: cause, by, cause }])).rejects.toMatchObject({
      cause: { type: 'REVIEWER_MISSING' },
    });
  await expect(updated(reviewId, 'approveListing', [])).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  await world.command(reviewId, 'approveListing', { reviewer: 'mona' });
});

it.each(['listingApproval', 'listingApprovalWorkflow'])('%s fails clearly when started without ids', async (type) => {
  for (const args of [[], [null], [{ tenantId: world.tenantId }]]) {
    const workflowId = listingApprovalId(`${type}-${JSON.stringify(args)}`);
    const start = { workflowId, taskQueue: taskQueues.listings, args, workflowTaskTimeout: '10s' };
    const handle = await world.client.workflow.start(type, { ...start, workflowExecutionTimeout: '20s' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  }
});
