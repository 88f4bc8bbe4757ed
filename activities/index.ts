import type { ActivityDependencies } from './dependencies';
import { createListingsActivities } from './listings';
import { createPaymentsActivities } from './payments';
import { createReportsActivities } from './reports';
import { createSandboxActivities } from './sandbox';
import { createSubscriptionsActivities } from './subscriptions';
import { createUsersActivities } from './users';

/** Creates every activity by its wire name, one line per domain. */
export const createActivities = (dependencies: ActivityDependencies) => ({
  ...createUsersActivities(dependencies),
  ...createPaymentsActivities(dependencies),
  ...createSubscriptionsActivities(dependencies),
  ...createListingsActivities(dependencies),
  ...createReportsActivities(dependencies),
  ...createSandboxActivities(dependencies),
});

export type Activities = ReturnType<typeof createActivities>;
