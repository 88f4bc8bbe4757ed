import type { ListingsDue } from '../../../contracts/listings/expiration';
import { dueFilter, type Due, type SweepScope } from './due-listings';

/** More of a kind are not counted. */
const MOST_COUNTED = 10_000;

/** Counts the listings that are due at a business time. */
export async function countDueListings({
  database: { models },
  tenantId,
  at,
}: SweepScope & { at: Date }): Promise<ListingsDue> {
  const count = (due: Due) =>
    models.listings.countDocuments(dueFilter(due, { tenantId }, { until: at })).limit(MOST_COUNTED);
  const [expiry, notices] = await Promise.all([count('expiresAt'), count('nextNoticeAt')]);
  return { expiry, notices };
}
