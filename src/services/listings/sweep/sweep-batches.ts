import type { ClientSession } from 'mongoose';
import { DomainError } from '../../../domain/domain-error';
import type { Database } from '../../../models/database';
import { isDatabaseUnavailable } from '../../../models/outages/database-unavailable';
import { createClock } from '../../clock';
import { openStuckItem } from '../../operator/stuck-items';
import { batchesOf, type Due } from './due-listings';

export interface SweepBatchesInput<Result> {
  database: Database;
  due: Due;
  /** The listings of a page. */
  ids: readonly string[];
  /** Does the work of some of the listings, within one transaction. */
  sweep: (session: ClientSession, ids: string[]) => Promise<Result>;
}

/**
 * Does the work of a page in transactions of many listings each, and returns their results. Where a transaction fails
 * although the database is available, each of its listings is tried alone: one that fails again is left out and put on
 * the operator's list, so that it holds up no other. The next sweep tries it again.
 */
export async function sweepBatches<Result>(input: SweepBatchesInput<Result>): Promise<Result[]> {
  const { database, ids, sweep } = input;
  const results: Result[] = [];
  const run = async (some: string[]): Promise<void> => {
    results.push(await database.inTransaction((session) => sweep(session, some)));
  };
  for (const batch of batchesOf(ids)) {
    const failure = await failureOf(run(batch));
    if (!failure) continue;
    for (const listingId of batch) {
      const cause = await failureOf(run([listingId]));
      if (cause) await listStuckListing(input, { listingId, cause });
    }
  }
  return results;
}

/** Returns the error with which work failed; null for none. Rejects where the database was not available for it. */
async function failureOf(work: Promise<void>): Promise<Error | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof Error) || isDatabaseUnavailable(error)) throw error;
    return error;
  }
}

async function listStuckListing(
  { database, due }: Pick<SweepBatchesInput<unknown>, 'database' | 'due'>,
  { listingId, cause }: { listingId: string; cause: Error },
): Promise<void> {
  const listing = await database.models.listings.findById(listingId, { tenantId: 1 }).lean();
  if (!listing) return;
  await openStuckItem({
    database,
    tenantId: listing.tenantId,
    kind: 'listing_sweep',
    entityType: 'listing',
    entityId: listingId,
    subject: listingId,
    detail: `The sweep cannot ${due === 'expiresAt' ? 'expire the listing' : 'send its notice'}: ${nameOf(cause)}`,
  });
}

/** The message of an unexpected error may contain what the listing does. */
const nameOf = (error: Error): string => {
  if (error instanceof DomainError) return `${error.code}: ${error.message}`;
  const { code } = error as { code?: number | string };
  return code === undefined ? error.name : `${error.name} ${code}`;
};

export interface StuckListing {
  database: Database;
  tenantId: string;
  listingId: string;
}

/** Returns true while a listing has work that a sweep has left undone. */
export async function isLeftBySweep({ database, tenantId, listingId }: StuckListing): Promise<boolean> {
  const listing = await database.models.listings
    .findById(listingId, { state: 1, expiresAt: 1, nextNoticeAt: 1 })
    .lean();
  if (!listing) return false;
  const now = await createClock({ database }).now(tenantId);
  const { state, expiresAt, nextNoticeAt } = listing;
  const isDue = (instant: Date | null): boolean => instant !== null && instant <= now;
  return (state === 'live' && isDue(expiresAt)) || isDue(nextNoticeAt);
}
