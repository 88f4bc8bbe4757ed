import type { ActivityDependencies } from '../dependencies';
import { createSubscriptionChangeActivities } from './subscription-changes';
import { createSubscriptionPaymentActivities } from './subscription-payments';
import { createSubscriptionActivities } from './subscriptions';

/** Creates the activities of subscriptions, by their wire names. */
export const createSubscriptionsActivities = (dependencies: ActivityDependencies) => ({
  ...createSubscriptionChangeActivities(dependencies),
  ...createSubscriptionPaymentActivities(dependencies),
  ...createSubscriptionActivities(dependencies),
});
