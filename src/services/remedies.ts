import type { RemedyDependencies, StuckRemedies } from './operator/stuck-remedy';
import { paymentRemedies } from './payments/remedies';
import { subscriptionRemedies } from './subscriptions/remedies';
import { userRemedies } from './users/remedies';

const remediesByDomain = [userRemedies, paymentRemedies, subscriptionRemedies] as const;

/** Returns the operator's actions on each kind of entity whose process is stuck. */
export const createRemedies = (dependencies: RemedyDependencies): StuckRemedies =>
  Object.assign({}, ...remediesByDomain.map((remediesOf) => remediesOf(dependencies))) as StuckRemedies;
