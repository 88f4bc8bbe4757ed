import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { mongo } from 'mongoose';
import {
  FileDamaged,
  FileMissing,
  StorageUnavailable,
  type ByteRange,
  type FileStore,
} from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import { isDatabaseUnavailable } from '../../models/outages/database-unavailable';
import type { StoredChunk, StoredFile } from '../../models/reports/stored-file';
import { checkWhole } from './check-whole';
import { batchesOf, chunksOf } from './file-chunks';

/** GridFS's own size of a chunk, a little below a power of two together with its other fields. */
export const CHUNK_BYTES = 255 * 1024;
/** Chunks written in one transaction, and read with one query: what a file takes of memory, each way. */
export const BATCH_CHUNKS = 4;

const DIGEST_BYTES = 32;
const closed = { isOpen: false, sha256: null, chunkSha256: null } as const;

/**
 * A store of files in MongoDB, in the layout of GridFS. The driver's own GridFS is not used: its reads take up to
 * 16 MiB ahead of the reader, it keeps no digest of a chunk, and a writer that is only slow leaves chunks behind that
 * nothing names once its file was removed.
 *
 * - Every chunk belongs to a document of `files`: that is written first, and deleted last. Each transaction that adds
 *   chunks also updates it, so that no chunk is added once a removal has closed it.
 * - Every chunk that is read is compared with its digest in that document, whatever the range.
 * - A read holds no cursor: a reader may be as slow as it likes, or leave.
 */
export function createGridFsFileStore({ database }: { database: Database }): FileStore {
  // Documents are read and written as they are: casting would copy every byte.
  const files = database.models.storedFiles.collection as unknown as mongo.Collection<StoredFile>;
  const chunks = database.models.storedChunks.collection as unknown as mongo.Collection<StoredChunk>;

  async function open(key: string): Promise<void> {
    const metadata = { ...closed, isOpen: true };
    const empty = { length: 0, chunkSize: CHUNK_BYTES, uploadDate: new Date(), metadata };
    await available(() => files.insertOne({ _id: key, filename: key, ...empty }));
  }

  /** Updates the document of an open file, which fails once the file is removed. */
  async function updateOpen(key: string, set: Partial<StoredFile>, session?: mongo.ClientSession): Promise<void> {
    const { matchedCount } = await files.updateOne({ _id: key, 'metadata.isOpen': true }, { $set: set }, { session });
    if (matchedCount === 0) throw new FileMissing(key);
  }

  async function add(documents: StoredChunk[], { key, length }: { key: string; length: number }): Promise<void> {
    const addAll = async (session: mongo.ClientSession): Promise<void> => {
      await updateOpen(key, { length }, session);
      await chunks.insertMany(documents, { session });
    };
    await available(() => database.inTransaction(addAll));
  }

  async function writeOpen(key: string, stream: AsyncIterable<Uint8Array>) {
    const whole = createHash('sha256');
    const digests: Buffer[] = [];
    let bytes = 0;
    for await (const batch of batchesOf(chunksOf(stream, CHUNK_BYTES), BATCH_CHUNKS)) {
      const first = digests.length;
      for (const data of batch) {
        whole.update(data);
        digests.push(sha256Of(data));
        bytes += data.length;
      }
      const documents = batch.map((data, index) => ({ ...placeOf(key, first + index), data }));
      await add(documents, { key, length: bytes });
    }
    const sha256 = whole.digest('hex');
    const metadata = { isOpen: false, sha256, chunkSha256: Buffer.concat(digests) };
    await available(() => updateOpen(key, { length: bytes, metadata }));
    return { bytes, sha256 };
  }

  async function remove(key: string): Promise<void> {
    await available(() => files.updateOne({ _id: key }, { $set: { metadata: closed } }));
    await available(() => chunks.deleteMany({ files_id: key }));
    await available(() => files.deleteOne({ _id: key }));
  }

  const find = (key: string): Promise<StoredFile | null> =>
    available(() => files.findOne({ _id: key }, { promoteBuffers: true }));

  /** Returns the error for a chunk that is not there: the file was removed while it was read, or it is damaged. */
  async function errorOfGap(key: string, n: number): Promise<Error> {
    const isWhole = (await find(key))?.metadata.sha256 != null;
    return isWhole ? new FileDamaged(key, `chunk ${n} is gone`) : new FileMissing(key);
  }

  async function* readChunks(file: StoredFile, { first, last }: ByteRange): AsyncGenerator<Buffer> {
    const { _id: key, chunkSize } = file;
    const end = Math.floor(last / chunkSize) + 1;
    for (let from = Math.floor(first / chunkSize); from < end; from += BATCH_CHUNKS) {
      const within = { $gte: from, $lt: Math.min(from + BATCH_CHUNKS, end) };
      const selected = { files_id: key, n: within };
      const options = { projection: { _id: 0, n: 1, data: 1 }, sort: { n: 1 }, promoteBuffers: true } as const;
      const found = await available(() => chunks.find(selected, options).toArray());
      for (let n = within.$gte; n < within.$lt; n++) {
        const chunk = found[n - from];
        if (chunk?.n !== n) throw await errorOfGap(key, n);
        requireDigest(file, chunk);
        const start = n * chunkSize;
        yield chunk.data.subarray(Math.max(0, first - start), Math.min(chunkSize, last + 1 - start));
      }
    }
  }

  return {
    async write({ key, stream, signal }) {
      signal?.throwIfAborted();
      await open(key);
      const source = Readable.from(stream, { signal, highWaterMark: 1 });
      try {
        return await writeOpen(key, source);
      } catch (error) {
        source.destroy();
        // A process that dies here leaves as much behind: the sweep of the rows removes it.
        if (!(error instanceof StorageUnavailable)) await remove(key).catch(() => undefined);
        signal?.throwIfAborted();
        throw error;
      }
    },

    async read({ key, bytes, sha256, range }) {
      const file = await find(key);
      if (!file?.metadata.sha256) throw new FileMissing(key);
      if (file.length !== bytes || file.metadata.sha256 !== sha256)
        throw new FileDamaged(key, 'another file is stored under its key');
      if (!range) return checkWhole(readChunks(file, { first: 0, last: bytes - 1 }), { key, bytes, sha256 });
      requireWithin(range, bytes);
      return readChunks(file, range);
    },

    remove,

    async list({ after, limit }) {
      const options = { projection: { uploadDate: 1 }, sort: { _id: 1 }, limit } as const;
      const found = await available(() => files.find({ _id: { $gt: after } }, options).toArray());
      return found.map(({ _id: key, uploadDate: begunAt }) => ({ key, begunAt }));
    },
  };
}

const placeOf = (key: string, n: number) => ({ _id: `${key}/${n}`, files_id: key, n });
const sha256Of = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

function requireDigest({ _id: key, metadata }: StoredFile, { n, data }: StoredChunk): void {
  const expected = metadata.chunkSha256?.subarray(n * DIGEST_BYTES, (n + 1) * DIGEST_BYTES);
  if (!expected?.equals(sha256Of(data)))
    throw new FileDamaged(key, `chunk ${n} has another SHA-256 than when it was written`);
}

function requireWithin({ first, last }: ByteRange, bytes: number): void {
  if (first >= 0 && first <= last && last < bytes) return;
  throw new RangeError(`The range ${first}-${last} is not within a file of ${bytes} bytes`);
}

/** Resolves as the call does; an outage of MongoDB, or its full disk, is one of the storage. */
async function available<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new StorageUnavailable(nameOf(error), { cause: error });
    throw error;
  }
}

/** The message of a driver's error may name hosts. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'no response');
