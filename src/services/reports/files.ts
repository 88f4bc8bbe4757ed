import type { ClientSession } from 'mongoose';
import { newId } from '../../domain/ids';
import {
  FileDamaged,
  FileMissing,
  type ByteRange,
  type FileDigest,
  type FileStore,
} from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { ReportFile } from '../../models/reports/file';
import { insertDocuments } from '../insert-documents';

/** A file that is still being written so long after it was begun is swept; real time. */
export const WRITING_LIMIT_MS = 3_600_000;

/** The report and the format that a file is for. */
export type FileOwner = Pick<ReportFile, 'tenantId' | 'reportId' | 'format'>;

interface FileInput {
  database: Database;
  tenantId: string;
  fileId: string;
}

/**
 * Thrown when a file can no longer become ready: a newer attempt has taken its place, it took more than an hour, or it
 * was deleted. A new attempt may succeed.
 */
export class FileGivenUp extends Error {
  constructor(fileId: string) {
    super(`The file ${fileId} was given up while it was written`);
    this.name = 'FileGivenUp';
  }
}

export interface BeginFileInput extends FileOwner, Pick<ReportFile, 'name' | 'mediaType'> {
  database: Database;
}

/**
 * Begins to write a file, and returns its row: its id is the key to write under. A file of this report and format that
 * is ready is returned instead, and is not written again. One that is being written is given up: its writer is dead, or
 * finds out when it finishes.
 */
export async function beginFile(input: BeginFileInput): Promise<ReportFile> {
  const begin = (): Promise<ReportFile> => input.database.inTransaction((session) => beginWithin(input, session));
  try {
    return await begin();
  } catch (error) {
    // Another writer began the same attempt at the same moment; this one is the next.
    if (!isDuplicateKey(error)) throw error;
    return begin();
  }
}

async function beginWithin(
  { database, tenantId, reportId, format, name, mediaType }: BeginFileInput,
  session: ClientSession,
): Promise<ReportFile> {
  const { files } = database.models;
  const last = await files.findOne({ tenantId, reportId, format }).sort({ attempt: -1 }).session(session).lean();
  if (last?.state === 'ready') return last;
  if (last?.state === 'writing') await markDeleting({ database, tenantId, fileId: last._id, session });
  const createdAt = new Date();
  const file: ReportFile = {
    _id: newId('file'),
    tenantId,
    reportId,
    format,
    attempt: (last?.attempt ?? 0) + 1,
    state: 'writing',
    name,
    mediaType,
    bytes: null,
    sha256: null,
    createdAt,
    readyAt: null,
    sweepAt: new Date(createdAt.getTime() + WRITING_LIMIT_MS),
  };
  await insertDocuments({ model: files, documents: [file], session });
  return file;
}

/**
 * Makes a file that was written `ready`, within the caller's transaction if there is one. Harmless when it is repeated.
 *
 * @throws FileGivenUp
 */
export async function finishFile({
  database,
  tenantId,
  fileId,
  bytes,
  sha256,
  session,
}: FileInput & FileDigest & { session?: ClientSession }): Promise<void> {
  const { files } = database.models;
  const { matchedCount } = await files.updateOne(
    { _id: fileId, tenantId, state: 'writing' },
    { $set: { state: 'ready', bytes, sha256, readyAt: new Date(), sweepAt: null } },
    { session },
  );
  if (matchedCount > 0) return;
  const isFinished = { _id: fileId, tenantId, state: 'ready' as const, bytes, sha256 };
  if (!(await files.exists(isFinished).session(session ?? null))) throw new FileGivenUp(fileId);
}

/** Returns the ready file of a report in a format; null where there is none. */
export const findReadyFile = ({
  database,
  tenantId,
  reportId,
  format,
}: FileOwner & { database: Database }): Promise<ReportFile | null> =>
  database.models.files.findOne({ tenantId, reportId, format, state: 'ready' }).sort({ attempt: -1 }).lean();

export interface ReadReportFileInput {
  database: Database;
  store: Pick<FileStore, 'read'>;
  /** What is read of a `ready` row. */
  file: Pick<ReportFile, '_id' | 'tenantId' | 'bytes' | 'sha256'>;
  range?: ByteRange;
  /** Called with each read that the damage of the file has broken, before the read rejects. */
  onDamaged: (error: FileDamaged) => void | Promise<void>;
}

/**
 * Returns the bytes of a ready file, read as they are taken. Its digest is checked on the way (see `FileStore`): bytes
 * of a damaged file end with an error, never with the end of the file.
 *
 * @throws FileMissing when the file was deleted meanwhile, FileDamaged, StorageUnavailable, RangeError; the bytes may
 *   throw the first three as well
 */
export async function readReportFile(input: ReadReportFileInput): Promise<AsyncIterable<Uint8Array>> {
  const { store, file, range } = input;
  const { _id: key, bytes, sha256 } = file;
  if (bytes === null || sha256 === null) throw new FileMissing(key);
  const reading = store.read({ key, bytes, sha256, range });
  const pieces = await reading.catch((error: unknown) => rethrow(input, error));
  return reportingDamage(input, pieces);
}

async function* reportingDamage(input: ReadReportFileInput, pieces: AsyncIterable<Uint8Array>) {
  try {
    yield* pieces;
  } catch (error) {
    await rethrow(input, error);
  }
}

/** Rethrows the error of a read. Bytes that are missing although the row is still ready are damage too. */
async function rethrow({ database, file, onDamaged }: ReadReportFileInput, error: unknown): Promise<never> {
  const isStillReady = { _id: file._id, tenantId: file.tenantId, state: 'ready' as const };
  const isLost = error instanceof FileMissing && (await database.models.files.exists(isStillReady));
  const thrown = isLost ? new FileDamaged(file._id, 'its bytes are gone') : error;
  if (thrown instanceof FileDamaged) await onDamaged(thrown);
  throw thrown;
}

/**
 * Marks a file for deletion, within the caller's transaction if there is one: from then on it is not offered, and the
 * sweep removes it where nobody else does. Returns false where the tenant has no such file.
 */
export async function markDeleting({
  database,
  tenantId,
  fileId,
  session,
}: FileInput & { session?: ClientSession }): Promise<boolean> {
  const { matchedCount } = await database.models.files.updateOne(
    { _id: fileId, tenantId },
    { $set: { state: 'deleting', sweepAt: new Date() } },
    { session },
  );
  return matchedCount > 0;
}

/** Marks all files of a report for deletion, within the caller's transaction. */
export async function giveUpFiles({
  database,
  tenantId,
  reportId,
  session,
}: Pick<ReportFile, 'tenantId' | 'reportId'> & { database: Database; session: ClientSession }): Promise<void> {
  const marked = { $set: { state: 'deleting', sweepAt: new Date() } } as const;
  await database.models.files.updateMany({ tenantId, reportId }, marked, { session });
}

export interface DeleteFileInput extends FileInput {
  store: Pick<FileStore, 'remove'>;
}

/** Deletes a file: its row is marked, then its bytes are removed, then its row. The sweep completes what ends early. */
export async function deleteFile(input: DeleteFileInput): Promise<void> {
  if (await markDeleting(input)) await removeMarked(input);
}

/** Removes the bytes of a file that is marked for deletion, then its row. Harmless when it is repeated. */
export async function removeMarked({ database, store, tenantId, fileId }: DeleteFileInput): Promise<void> {
  await store.remove(fileId);
  await database.models.files.deleteOne({ _id: fileId, tenantId, state: 'deleting' });
}
