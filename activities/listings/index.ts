import type { ActivityDependencies } from '../dependencies';
import { createExpirationActivities } from './expirations';
import { createReviewActivities } from './reviews';
import { createReviewDecisionActivities } from './review-decisions';

/** Creates the activities of listings, by their wire names. */
export const createListingsActivities = (dependencies: ActivityDependencies) => ({
  ...createReviewActivities(dependencies),
  ...createReviewDecisionActivities(dependencies),
  ...createExpirationActivities(dependencies),
});
