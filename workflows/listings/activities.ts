import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { listingActivityOptions } from '../../config/temporal';

export const {
  validateListing,
  runAutomatedChecks,
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
