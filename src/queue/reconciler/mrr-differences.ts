import type { Logger } from 'pino';
import type { Database } from '../../models/database';
import { openStuckItem } from '../../services/operator/stuck-items';
import { compareCustomers } from '../../services/subscriptions/mrr/compare-customers';

/** Balances that a look compares: 24,000 customers an hour. */
export const CUSTOMERS_PER_LOOK = 200;

export interface ListMrrDifferencesInput {
  database: Database;
  logger: Pick<Logger, 'warn'>;
  /** The balance that the round has reached; null begins a round. */
  from: string | null;
}

/**
 * Puts the customers whose MRR is not the sum of its movements on the operator's list, of the next slice of all.
 * Returns the number of new items, and the new place; null when the round is done.
 */
export async function listMrrDifferences({ database, logger, from }: ListMrrDifferencesInput) {
  const { differences, next } = await compareCustomers({ database, after: from ?? '', limit: CUSTOMERS_PER_LOOK });
  let listed = 0;
  for (const { tenantId, subscriptionId, ...about } of differences) {
    const item = { database, tenantId, entityType: 'subscription', entityId: subscriptionId, ...about } as const;
    if (!(await openStuckItem({ ...item, kind: 'mrr_differs' }))) continue;
    listed += 1;
    logger.warn({ tenantId, subscriptionId, kind: 'mrr_differs' }, `Put on the operator's list: ${about.detail}`);
  }
  return { listed, next };
}
