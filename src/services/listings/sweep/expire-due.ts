import type { ClientSession } from 'mongoose';
import type { ExpiredPage } from '../../../contracts/listings/expiration';
import { byWorkflow } from '../../../domain/actor';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { countForOperation } from './count-for-operation';
import { readDuePage, type SweepPageInput } from './due-listings';
import { sweepBatches } from './sweep-batches';
import { writeTogether } from './write-together';

/**
 * Moves one page of the live listings whose time has passed to `expired`, each at its own end, and returns the place
 * from which to continue. A listing that was renewed, withdrawn or suspended meanwhile is left alone, and a repeat
 * finds nothing left of what was done before: no listing expires twice, or before its end.
 */
export async function expireDueListings(input: SweepPageInput): Promise<ExpiredPage> {
  const { ids, next } = await readDuePage('expiresAt', input);
  const expired = await sweepBatches({
    database: input.database,
    due: 'expiresAt',
    ids,
    sweep: (session, batch) => expireBatch({ ...input, session, ids: batch }),
  });
  return { expired: expired.reduce((sum, count) => sum + count, 0), next };
}

interface ExpireBatchInput extends SweepPageInput {
  database: Database;
  session: ClientSession;
  ids: readonly string[];
}

/**
 * The transaction reads and writes one state of the listings: a command that moves one of them meanwhile conflicts with
 * it, and whichever comes second begins again with what the first one wrote.
 */
async function expireBatch(input: ExpireBatchInput): Promise<number> {
  const { database, session, at } = input;
  const { listings } = database.models;
  const found = await listings
    .find({ _id: { $in: [...input.ids] } })
    .session(session)
    .lean();
  const due = found.filter(({ state, expiresAt }) => state === 'live' && expiresAt !== null && expiresAt <= at);
  if (due.length === 0) return 0;
  // As in `applyStep`, no listing's time goes back: one that was changed after its end expires at that change.
  const expiry = {
    state: 'expired',
    version: { $add: ['$version', 1] },
    updatedAt: { $max: ['$updatedAt', '$expiresAt'] },
  };
  const ids = due.map(({ _id }) => _id);
  await listings.updateMany({ _id: { $in: ids } }, [{ $set: expiry }], { session, updatePipeline: true });
  await writeTogether({ database, session, changes: due.map(expiryOf) });
  await countForOperation({ ...input, counts: { expired: due.length } });
  return due.length;
}

function expiryOf(listing: Listing) {
  const { expiresAt, lastDay, updatedAt, version } = listing;
  const end = expiresAt!;
  return {
    listing,
    event: {
      // A listing may get the same end twice, and leaves each version once.
      step: `expire/${version}/${end.toISOString()}`,
      type: 'listing.expired' as const,
      state: 'expired' as const,
      at: updatedAt > end ? updatedAt : end,
      by: byWorkflow,
      data: { expiresAt: end.toISOString(), lastDay },
    },
  };
}
