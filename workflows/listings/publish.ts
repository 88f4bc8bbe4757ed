import { CancellationScope } from '@temporalio/workflow';
import * as activities from './activities';
import type { ReviewRun } from './review-run';

/**
 * Puts the approved listing into the search index, however long that takes. The approval itself has happened, and its
 * reviewer has been told. A run that is cancelled meanwhile undoes the publication, which was registered before.
 */
export async function publish(run: ReviewRun): Promise<void> {
  run.isPublishing = true;
  await activities.publishToSearchIndex(run.step('publish'));
  run.isPublishing = false;
}

/** Undoes a publication that has begun; does nothing where none has. */
export async function undoPublication(run: ReviewRun): Promise<void> {
  if (!run.isPublishing) return;
  await CancellationScope.nonCancellable(() => activities.removeFromSearchIndex(run.step('publish/undo')));
  run.isPublishing = false;
}
