import type { RemedyDependencies, StuckRemedies } from './operator/stuck-remedy';
import { listingRemedies } from './listings/remedies';
import { paymentRemedies } from './payments/remedies';
import { reportRemedies } from './reports/remedies';
import { subscriptionRemedies } from './subscriptions/remedies';
import { userRemedies } from './users/remedies';

/** Every domain's remedies, one line per domain. */
const remediesByDomain = {
  users: userRemedies,
  payments: paymentRemedies,
  subscriptions: subscriptionRemedies,
  listings: listingRemedies,
  reports: reportRemedies,
};

/** Returns the operator's actions on each kind of entity whose process is stuck. */
export const createRemedies = (dependencies: RemedyDependencies): StuckRemedies =>
  Object.assign({}, ...Object.values(remediesByDomain).map((remediesOf) => remediesOf(dependencies))) as StuckRemedies;
