import type { QueryFilter } from 'mongoose';
import type { SweepCursor } from '../../../contracts/listings/expiration';
import type { Database } from '../../../models/database';
import { FIRST_NOTICE, type Listing } from '../../../models/listings/listing';

/** The listings that one step of a sweep reads. */
export const SWEEP_PAGE = 500;
/** The listings that one transaction changes. */
const SWEEP_BATCH = 100;

/** The work of a sweep by the instant for which it was planned: the end of a live listing, or a notice to its owner. */
export type Due = 'expiresAt' | 'nextNoticeAt';

export interface SweepScope {
  database: Database;
  /** Null for all tenants. */
  tenantId: string | null;
}

export interface SweepPageInput extends SweepScope {
  /** The business time up to which everything is due. */
  at: Date;
  /** The place after which the page begins; null for the first page. */
  after: SweepCursor | null;
  /** The operation that counts what was done; left out where the schedule or a sandbox's clock sweeps. */
  operationId?: string;
}

export interface DueRange {
  from?: Date;
  until?: Date;
}

/** Returns the filter of the listings with due work in a range of time, both ends included. */
export function dueFilter(due: Due, { tenantId }: Pick<SweepScope, 'tenantId'>, range: DueRange): QueryFilter<Listing> {
  const { from, until } = range;
  return {
    ...(tenantId === null ? {} : { tenantId }),
    ...(due === 'expiresAt' ? { state: 'live' } : {}),
    [due]: { ...(from ? { $gte: from } : { $gt: FIRST_NOTICE }), ...(until ? { $lte: until } : {}) },
  };
}

/** Returns the ids of the next page of listings with due work, in its order, and the place from which to continue. */
export async function readDuePage(
  due: Due,
  { database: { models }, at, after, ...scope }: SweepPageInput,
): Promise<{ ids: string[]; next: SweepCursor | null }> {
  const sameTime = after && { ...dueFilter(due, scope, {}), [due]: new Date(after.at), _id: { $gt: after.id } };
  const later = dueFilter(due, scope, { until: at });
  const filters = sameTime ? [sameTime, { ...later, [due]: { $gt: new Date(after.at), $lte: at } }] : [later];
  const found: Pick<Listing, '_id' | Due>[] = [];
  for (const filter of filters) {
    const limit = SWEEP_PAGE - found.length;
    if (limit === 0) break;
    found.push(
      ...(await models.listings
        .find(filter, { expiresAt: 1, nextNoticeAt: 1 })
        .sort({ [due]: 1, _id: 1 })
        .limit(limit)
        .lean()),
    );
  }
  const last = found.length === SWEEP_PAGE ? found.at(-1) : undefined;
  return {
    ids: found.map(({ _id }) => _id),
    next: last ? { at: last[due]!.toISOString(), id: last._id } : null,
  };
}

export function* batchesOf(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += SWEEP_BATCH) yield ids.slice(start, start + SWEEP_BATCH);
}
