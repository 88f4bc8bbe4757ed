import type { Logger } from 'pino';
import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import type { StuckItem } from '../../../models/operator/stuck-item';
import type { SearchDifference, SearchProgress } from '../../../models/reconciler-state';
import {
  compareIndex,
  describeDifference,
  type IndexDifference,
} from '../../../services/listings/search/compare-index';
import { mendIndex } from '../../../services/listings/search/mend-index';
import { mendStuckItem, openStuckItem } from '../../../services/operator/stuck-items';
import { chunksOf } from '../suspects';
import { nextInIndex, nextListings, perLookOf } from './next-versions';

export interface SearchReconcilerInput {
  database: Database;
  search: ListingSearch;
  logger: Pick<Logger, 'warn'>;
  /** Listings that a look may always compare. Defaults to 1,000. */
  slice?: number;
  /** Milliseconds for which a listing may differ before it is on the operator's list. Defaults to a minute. */
  patienceMs?: number;
}

export interface SearchReconciled {
  /** Number of listings that the look found to differ, and that the index has as they are now. */
  mended: number;
  /** Number of listings that still differ. */
  differing: number;
}

const ID = 'search';
const none: SearchProgress = { listingId: '', shownId: '', differing: [] };
/** Listings that are mended together: what fails with one of them holds up no others. */
const MENDED_TOGETHER = 500;
/** Listings of which the progress remembers since when they differ; the round finds the others again. */
const MAX_REMEMBERED = 1000;

/**
 * Compares the search index with the listings, by versions: in each look the next slice of both, so that all is
 * compared within 10 minutes, and what differed before. What differs is put or removed again; a listing that still
 * differs a minute after it was found, because the index does not take it, is on the operator's list until the index
 * has it: at most 11 minutes after the difference arose. Two looks at the same time do no harm.
 */
export function createSearchReconciler({
  database,
  search,
  logger,
  slice = 1000,
  patienceMs = 60_000,
}: SearchReconcilerInput): () => Promise<SearchReconciled> {
  const states = database.models.reconcilerStates;

  /** Returns what still differs, in the same order; all of it where the index takes no writes. */
  async function mend(listingIds: readonly string[]): Promise<IndexDifference[]> {
    const differing: IndexDifference[] = [];
    for (const some of chunksOf(listingIds, MENDED_TOGETHER)) {
      try {
        differing.push(...(await mendIndex({ database, search, listingIds: some })));
      } catch (error) {
        logger.warn({ reason: (error as Error).message }, 'The search index does not take writes');
        differing.push(...(await compareIndex({ database, search, listingIds: some })));
      }
    }
    return differing;
  }

  /** Takes off the operator's list what the index has by now, whoever brought it there. */
  async function clearList(): Promise<void> {
    const listed = await database.models.stuckItems
      .find({ open: true, kind: 'search_mismatch' }, { entityId: 1 })
      .lean<Pick<StuckItem, '_id' | 'entityId'>[]>();
    for (const some of chunksOf(listed, MENDED_TOGETHER)) {
      const listingIds = some.map(({ entityId }) => entityId);
      const differing = await compareIndex({ database, search, listingIds });
      const known = new Set(differing.map(({ listingId }) => listingId));
      for (const subject of new Set(listingIds))
        if (!known.has(subject)) await mendStuckItem({ database, kind: 'search_mismatch', subject });
    }
  }

  async function list(difference: IndexDifference): Promise<void> {
    const { tenantId, listingId } = difference;
    const about = { tenantId, entityType: 'listing', entityId: listingId, subject: listingId } as const;
    const detail = describeDifference(difference);
    if (await openStuckItem({ database, kind: 'search_mismatch', ...about, detail }))
      logger.warn({ tenantId, listingId, kind: 'search_mismatch' }, `Put on the operator's list: ${detail}`);
  }

  return async () => {
    const now = new Date();
    const from = (await states.findById(ID).lean())?.search ?? none;
    const perLook = await perLookOf(database, slice);
    const listings = await nextListings({ database, search, after: from.listingId, limit: perLook });
    const shown = await nextInIndex({ database, search, after: from.shownId, limit: perLook });
    // What differed before comes first: it may have to be listed.
    const suspects = [...from.differing.map(({ listingId }) => listingId), ...listings.differing, ...shown.differing];
    const differing = await mend([...new Set(suspects)]);

    const since = new Map(from.differing.map((one) => [one.listingId, one.since]));
    const remembered: SearchDifference[] = differing
      .slice(0, MAX_REMEMBERED)
      .map(({ listingId }) => ({ listingId, since: since.get(listingId) ?? now }));
    const old = new Set(
      remembered.filter((one) => now.getTime() - one.since.getTime() >= patienceMs).map(({ listingId }) => listingId),
    );
    for (const difference of differing) if (old.has(difference.listingId)) await list(difference);
    await clearList();

    const to: SearchProgress = { listingId: listings.next, shownId: shown.next, differing: remembered };
    await states.updateOne({ _id: ID }, { $set: { search: to, heldUntil: now } }, { upsert: true });
    const mended = new Set(suspects).size - differing.length;
    if (mended > 0) logger.warn({ mended }, 'Listings that the search index had missed were sent to it again');
    return { mended, differing: differing.length };
  };
}
