import type { EntityType } from './entity-types';
import { listingReviewProcess } from './listings/process';
import { paymentProcess, refundProcess } from './payments/process';
import type { Process } from './process';
import { reportProcess } from './reports/process';
import { advanceClockProcess } from './sandbox/process';
import { subscriptionProcess } from './subscriptions/process';
import { onboardingProcess } from './users/process';

const processesByDomain = {
  users: [onboardingProcess],
  payments: [paymentProcess, refundProcess],
  subscriptions: [subscriptionProcess],
  listings: [listingReviewProcess],
  reports: [reportProcess],
  sandbox: [advanceClockProcess],
} satisfies Record<string, readonly Process[]>;

/** Every process, one line per domain. */
export const processes: readonly Process[] = Object.values(processesByDomain).flat();

/** Returns the process of an entity type; undefined when the type has no process. */
export function processOf(entityType: EntityType): Process | undefined {
  return processes.find((process) => process.entityType === entityType);
}
