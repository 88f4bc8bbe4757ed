import { StorageUnavailable, type FileStore } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import { isDatabaseUnavailable } from '../../models/outages/database-unavailable';
import { removeMarked, WRITING_LIMIT_MS } from './files';

/** Files that a sweep removes; the next one continues. */
const MAX_DUE = 500;
/** Keys of the store that a sweep may always compare with the rows. */
const MIN_COMPARED = 1000;
/** A round over all keys takes at most so many sweeps: an hour, at one a minute. */
const SWEEPS_PER_ROUND = 60;
/** A file whose removal failed is tried again after so long, so that it holds up no other; real time. */
const RETRY_MS = 600_000;
const ID = 'files';

export interface SweepFilesInput {
  database: Database;
  store: Pick<FileStore, 'remove' | 'list'>;
  /** Called with each file that could not be removed although the storage responds. */
  onFailure: (failure: { fileId: string; error: Error }) => void;
  /** Ends the sweep between two files. */
  signal?: AbortSignal;
}

export interface SweptFiles {
  /** Number of files that were removed because their time was up. */
  due: number;
  /** Number of keys that were removed from the store because no row names them. */
  orphans: number;
}

/**
 * Removes the files whose time is up, by index: those marked for deletion, and those that were not written within an
 * hour. Then compares the next keys of the store with the rows, and removes those that no row has named for an hour.
 * Two sweeps at the same time do no harm.
 *
 * @throws StorageUnavailable
 */
export async function sweepFiles(input: SweepFilesInput): Promise<SweptFiles> {
  return { due: await sweepDue(input), orphans: await sweepOrphans(input) };
}

async function sweepDue({ database, store, onFailure, signal }: SweepFilesInput): Promise<number> {
  const { files } = database.models;
  const isDue = { sweepAt: { $lte: new Date() } };
  const due = await files.find(isDue, { tenantId: 1 }).sort({ sweepAt: 1, _id: 1 }).limit(MAX_DUE).lean();
  let removed = 0;
  for (const { _id: fileId, tenantId } of due) {
    if (signal?.aborted) break;
    // A file that has become ready meanwhile has no time that is up.
    const marked = await files.updateOne({ _id: fileId, tenantId, ...isDue }, { $set: { state: 'deleting' } });
    if (marked.matchedCount === 0) continue;
    const error = await failureOf(removeMarked({ database, store, tenantId, fileId }));
    if (!error) {
      removed += 1;
      continue;
    }
    onFailure({ fileId, error });
    await files.updateOne({ _id: fileId, tenantId }, { $set: { sweepAt: new Date(Date.now() + RETRY_MS) } });
  }
  return removed;
}

async function sweepOrphans({ database, store, onFailure, signal }: SweepFilesInput): Promise<number> {
  const { files, reconcilerStates } = database.models;
  const after = (await reconcilerStates.findById(ID).lean())?.storedFile ?? '';
  const limit = Math.max(MIN_COMPARED, Math.ceil((await files.estimatedDocumentCount()) / SWEEPS_PER_ROUND));
  const stored = await store.list({ after, limit });
  const old = stored.filter(({ begunAt }) => Date.now() - begunAt.getTime() >= WRITING_LIMIT_MS);
  const rows = await files.find({ _id: { $in: old.map(({ key }) => key) } }, { _id: 1 }).lean();
  const named = new Set(rows.map(({ _id }) => _id));
  let removed = 0;
  for (const { key: fileId } of old) {
    if (named.has(fileId)) continue;
    if (signal?.aborted) return removed;
    const error = await failureOf(store.remove(fileId));
    if (error) onFailure({ fileId, error });
    else removed += 1;
  }
  const storedFile = stored.length < limit ? '' : stored.at(-1)!.key;
  await reconcilerStates.updateOne({ _id: ID }, { $set: { storedFile, heldUntil: new Date() } }, { upsert: true });
  return removed;
}

/** Returns the error of one file; null for none. Rejects where the storage was not available for it. */
async function failureOf(work: Promise<void>): Promise<Error | null> {
  try {
    await work;
    return null;
  } catch (error) {
    const isAway = error instanceof StorageUnavailable || isDatabaseUnavailable(error);
    if (isAway || !(error instanceof Error)) throw error;
    return error;
  }
}
