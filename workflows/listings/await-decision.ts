import * as activities from './activities';
import type { QueuedReviewCommand, ReviewRun } from './review-run';

/**
 * Waits for the end of a review: applies the reviewers' commands one at a time, escalates after 48 hours, and after
 * another 24 rejects where the partner's setting says so, once nobody has claimed the review.
 */
export async function awaitDecision(run: ReviewRun): Promise<void> {
  while (!run.hasEnded) {
    const command = await run.inbox.next(run.untilMs);
    if (command) await applyCommand(run, command);
    else if (run.state === 'queued') await escalate(run);
    else await endSilence(run);
  }
}

async function endSilence(run: ReviewRun): Promise<void> {
  const silence = () => activities.rejectListing({ ...run.step('silence'), cause: 'silence' });
  const { heldUntil } = await run.apply(silence);
  run.heldUntilMs = heldUntil ? Date.parse(heldUntil) : Infinity;
}

async function escalate(run: ReviewRun): Promise<void> {
  const { at } = await run.apply(() => activities.updateListingStatus({ ...run.step('escalate'), to: 'escalated' }));
  if (run.hasEnded) return;
  run.escalatedAtMs = Date.parse(at);
  await activities.notifyReviewers({ ...run.step('escalate/notify'), audience: 'deputies' });
}

async function applyCommand(run: ReviewRun, command: QueuedReviewCommand): Promise<void> {
  const { reviewer, reason } = command.input;
  const step = run.commandStep(command.input);
  switch (command.name) {
    case 'claimListing':
      await run.apply(() => activities.claimListing(step), command);
      return;
    case 'releaseListing':
      await run.apply(() => activities.releaseListing(step), command);
      return;
    case 'approveListing':
      await run.apply(() => activities.approveListing({ ...step, reviewer }), command);
      return;
    case 'rejectListing':
      await run.apply(() => activities.rejectListing({ ...step, reviewer, reason }), command);
      return;
    case 'cancelReview':
      await run.apply(() => activities.cancelReview(step), command);
      return;
    case 'reviewEnded':
      // The signal says only that something has changed.
      run.resume(await activities.validateListing(run.step('look-up')));
      command.outcome = { state: run.state, at: step.at };
  }
}
