import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { listingActivityOptions, listingCheckOptions } from '../../config/temporal';

export const {
  validateListing,
  updateListingStatus,
  notifyReviewers,
  claimListing,
  releaseListing,
  approveListing,
  rejectListing,
  cancelReview,
  publishToSearchIndex,
  removeFromSearchIndex,
} = proxyActivities<Activities>(listingActivityOptions);

export const { runAutomatedChecks } = proxyActivities<Activities>(listingCheckOptions);
