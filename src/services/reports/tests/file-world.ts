import { randomBytes } from 'node:crypto';
import { createGridFsFileStore } from '../../../clients/storage/gridfs-file-store';
import type { FileStore } from '../../../domain/reports/file-store';
import type { ReportFile } from '../../../models/reports/file';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { beginFile, finishFile } from '../files';
import { sweepFiles } from '../sweep-files';

export const CHUNK = 255 * 1024;
export const tenantId = 'ptn_1:live';

export const bytesOf = (data: Buffer): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield data;
  })();

/** A database with a file store, and what writes the files of reports. */
export async function openFileWorld() {
  const { database, drop } = await openTestDatabase();
  const store = createGridFsFileStore({ database });
  const { files, storedFiles, storedChunks } = database.models;
  const failures: string[] = [];

  const begin = (reportId: string, format = 'csv'): Promise<ReportFile> =>
    beginFile({ database, tenantId, reportId, format, name: `payments.${format}`, mediaType: 'text/csv' });
  const rowOf = (fileId: string) => files.findById(fileId).lean();

  return {
    database,
    store,
    drop,
    failures,
    begin,
    rowOf,
    /** Writes the bytes of a file that was begun, and makes it ready. */
    async finish({ _id: fileId }: ReportFile, data: Buffer = randomBytes(CHUNK + 1)): Promise<void> {
      const digest = await store.write({ key: fileId, stream: bytesOf(data) });
      await finishFile({ database, tenantId, fileId, ...digest });
    },
    /** Returns a ready file of a report. */
    async ready(reportId: string, data?: Buffer): Promise<ReportFile> {
      const file = await begin(reportId);
      await this.finish(file, data);
      return (await rowOf(file._id))!;
    },
    sweep: (through: Pick<FileStore, 'remove' | 'list'> = store) =>
      sweepFiles({ database, store: through, onFailure: ({ fileId }) => failures.push(fileId) }),
    /** Lets the time of a row, or of stored bytes, be longer ago. */
    async age(fileId: string, ms: number): Promise<void> {
      const row = await rowOf(fileId);
      const earlier = (time: Date): Date => new Date(time.getTime() - ms);
      if (row?.sweepAt) await files.updateOne({ _id: fileId }, { $set: { sweepAt: earlier(row.sweepAt) } });
      const stored = await storedFiles.findById(fileId).lean();
      if (stored) await storedFiles.updateOne({ _id: fileId }, { $set: { uploadDate: earlier(stored.uploadDate) } });
    },
    /** Returns the number of chunks of a file, or of all. */
    chunks: (fileId?: string) => storedChunks.countDocuments(fileId === undefined ? {} : { files_id: fileId }),
    keys: async () => (await store.list({ after: '', limit: 10_000 })).map(({ key }) => key),
  };
}

export type FileWorld = Awaited<ReturnType<typeof openFileWorld>>;
