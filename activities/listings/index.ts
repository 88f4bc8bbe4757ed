import type { ActivityDependencies } from '../dependencies';
import { createExpirationActivities } from './expirations';
import { createReviewActivities } from './reviews';
import { createReviewDecisionActivities } from './review-decisions';
import { createListingSearchActivities } from './search';

/** Creates the activities of listings, by their wire names. */
export const createListingsActivities = (dependencies: ActivityDependencies) => ({
  ...createReviewActivities(dependencies),
  ...createReviewDecisionActivities(dependencies),
  ...createListingSearchActivities(dependencies),
  ...createExpirationActivities(dependencies),
});
