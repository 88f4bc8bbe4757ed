import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  setHandler,
} from '@temporalio/workflow';
import * as contract from '../../src/contracts/listings/review';
import type { ListingApprovalInput } from '../../src/contracts/listings/review';
import type { StoredReviewState } from '../../src/domain/listings/review';
import { alignClock } from '../align-clock';
import { handleCommands, isCancelled } from '../process-run';
import {
  approveListing,
  cancelReview,
  notifyReviewers,
  rejectListing,
  runAutomatedChecks,
  updateListingStatus,
  validateListing,
} from './activities';
import { awaitDecision } from './await-decision';
import { publish, undoPublication } from './publish';
import { ReviewRun } from './review-run';

/**
 * Reviews one revision of a listing.
 *
 * `approved`, `rejected`, `superseded` and `cancelled` are normal endings. A run that an operator started continues
 * from the review's present state.
 * @throws ApplicationFailure `INVALID_INPUT` for a start by hand that names no review
 */
export async function listingApproval(input?: ListingApprovalInput): Promise<StoredReviewState> {
  requireIds(input);
  const { tenantId, reviewId } = input;
  const run = new ReviewRun({ tenantId, reviewId });
  setHandlers(run);

  const mainLoop = new CancellationScope();
  try {
    await mainLoop.run(() => runReview(run, input));
  } catch (error) {
    if (!isCancelled(error, mainLoop)) throw error;
    await CancellationScope.nonCancellable(() => run.apply(() => cancelReview(run.step('cancel'))));
    await undoPublication(run);
  }
  return CancellationScope.nonCancellable(async () => {
    run.inbox.refuseImpossible();
    run.inbox.refuseTheRest(`The review is ${run.state}`);
    await condition(allHandlersFinished);
    return run.state;
  });
}

function requireIds(input: Partial<ListingApprovalInput> | null = {}): asserts input is ListingApprovalInput {
  if (typeof input?.tenantId === 'string' && typeof input.reviewId === 'string') return;
  throw ApplicationFailure.nonRetryable('The input must name a tenantId and a reviewId', 'INVALID_INPUT');
}

async function runReview(run: ReviewRun, input: ListingApprovalInput): Promise<void> {
  await alignClock(input);
  // Even a run that was cancelled before its start must own the review before it may end the review.
  run.resume(await CancellationScope.nonCancellable(() => validateListing(run.step('begin'))));
  if (run.state === 'checking') await check(run);
  await awaitDecision(run);
  if (run.state !== 'approved') return;
  // Nobody waits for the index who waits for a decision.
  run.inbox.refuseImpossible();
  await publish(run);
}

/** Checks the listing, and decides without a person where policy and findings allow it. */
async function check(run: ReviewRun): Promise<void> {
  const { outcome } = await run.apply(() => runAutomatedChecks(run.step('check')));
  if (run.hasEnded) return;
  if (outcome === 'approve') await run.apply(() => approveListing(run.step('approve')));
  else if (outcome === 'reject') await run.apply(() => rejectListing({ ...run.step('reject'), cause: 'checks' }));
  else {
    await run.apply(() => updateListingStatus({ ...run.step('queue'), to: 'queued' }));
    if (!run.hasEnded) await notifyReviewers({ ...run.step('notify'), audience: 'reviewers' });
  }
}

/** Must be called before the first await: a message must not find the workflow without a handler. */
function setHandlers(run: ReviewRun): void {
  setHandler(contract.getState, () => run.status());
  setHandler(contract.approve, (decision) => run.queueDecision('approveListing', decision));
  setHandler(contract.reject, (decision) => run.queueDecision('rejectListing', decision));
  setHandler(contract.reviewEnded, () => run.queueSignal('reviewEnded'));
  handleCommands(run, [
    contract.claimListing,
    contract.releaseListing,
    contract.approveListing,
    contract.rejectListing,
    contract.cancelReview,
  ]);
}
