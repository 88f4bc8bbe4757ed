/** The bytes from `first` to `last`, both included, as in HTTP (RFC 9110, section 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

/** The content of a file, by its length and its SHA-256 in hexadecimal. */
export interface FileDigest {
  bytes: number;
  sha256: string;
}

export interface WriteFileInput {
  /** Names one attempt to write one file; never used again. */
  key: string;
  stream: AsyncIterable<Uint8Array>;
  /** Ends the write; it rejects with the reason of the signal. */
  signal?: AbortSignal;
}

/** Names a file, and the content that it has to have. */
export interface ReadFileInput extends FileDigest {
  key: string;
  /** Within the file; defaults to the whole file. */
  range?: ByteRange;
}

/** A key of which the store has something, written whole or not. */
export interface StoredKey {
  key: string;
  /** When its write began, in real time. */
  begunAt: Date;
}

/**
 * A store of large files. It knows nothing of tenants or reports: the rows of `files` say which keys are files, and
 * what a file has to contain.
 *
 * A wrong byte is never delivered as part of a file that was read to its end: a whole read compares the SHA-256 before
 * it delivers the last piece. A read of a range cannot know the digest of the whole, so a store compares each piece
 * that it reads for a range with a digest of that piece, which it kept when the piece was written.
 *
 * Every call may reject with `StorageUnavailable`; repeating it later is right then.
 */
export interface FileStore {
  /**
   * Writes a file in bounded memory: reads on only when what was read is stored. Returns what was written. After a
   * rejection nothing can be read under the key; what was stored may remain until `remove`.
   *
   * @throws FileMissing when the file was removed meanwhile; whatever the stream throws
   */
  write(input: WriteFileInput): Promise<FileDigest>;
  /**
   * Returns the bytes, read as they are taken. A range is read from where it begins.
   *
   * @throws FileMissing, FileDamaged, RangeError for a range that is not within the file; the stream may throw the
   *   first two as well, instead of ending
   */
  read(input: ReadFileInput): Promise<AsyncIterable<Uint8Array>>;
  /** Removes all that the store has of a key, and ends a write under way; does nothing where it has nothing. */
  remove(key: string): Promise<void>;
  /** Returns keys in their order, after a key. Every key of which anything is stored is among them. */
  list(input: { after: string; limit: number }): Promise<StoredKey[]>;
}

/** Thrown when the storage does not respond or takes no more: nothing is wrong with the request. */
export class StorageUnavailable extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The storage of files is unavailable: ${reason}`, options);
    this.name = 'StorageUnavailable';
  }
}

/** Thrown for a key under which no file was written to its end, or whose file was removed. */
export class FileMissing extends Error {
  constructor(readonly key: string) {
    super(`No file is stored as ${key}`);
    this.name = 'FileMissing';
  }
}

/** Thrown when the stored bytes are not those that were written. */
export class FileDamaged extends Error {
  constructor(
    readonly key: string,
    reason: string,
  ) {
    super(`The file ${key} is damaged: ${reason}`);
    this.name = 'FileDamaged';
  }
}
