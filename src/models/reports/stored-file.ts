import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';

/** GridFS names the two collections of a bucket so. */
export const STORED_FILES_BUCKET = 'stored_files';

/**
 * The bytes of a file, as GridFS lays them out: every tool for GridFS reads them. Unlike there the document is written
 * before the first chunk, so that no chunk is ever without one.
 */
export interface StoredFile {
  /** The key in the file store. */
  _id: string;
  filename: string;
  /** The number of bytes stored so far. */
  length: number;
  chunkSize: number;
  /** When the write began, real time. */
  uploadDate: Date;
  metadata: StoredFileMetadata;
}

export interface StoredFileMetadata {
  /** True while chunks may be added. */
  isOpen: boolean;
  /** SHA-256 of all bytes in hexadecimal; null until all are stored, and while the file is removed. */
  sha256: string | null;
  /** The SHA-256 of each chunk, 32 bytes each, in their order. */
  chunkSha256: Buffer | null;
}

export const storedFileSchema = new Schema<StoredFile>(
  {
    _id: { type: String, required: true },
    filename: { type: String, required: true },
    length: { type: Number, required: true },
    chunkSize: { type: Number, required: true },
    uploadDate: { type: Date, required: true },
    metadata: { type: Schema.Types.Mixed, required: true } as never,
  },
  { ...schemaOptions, collection: `${STORED_FILES_BUCKET}.files` },
);

export interface StoredChunk {
  /** `<key>/<n>` */
  _id: string;
  files_id: string;
  /** The place of the chunk in the file, from 0. */
  n: number;
  data: Buffer;
}

export const storedChunkSchema = new Schema<StoredChunk>(
  {
    _id: { type: String, required: true },
    files_id: { type: String, required: true },
    n: { type: Number, required: true },
    data: { type: Schema.Types.Mixed, required: true } as never,
  },
  { ...schemaOptions, collection: `${STORED_FILES_BUCKET}.chunks` },
).index({ files_id: 1, n: 1 }, { unique: true });
