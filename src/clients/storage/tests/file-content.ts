import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../../../domain/ids';
import type { FileDigest, FileStore } from '../../../domain/reports/file-store';

export interface FileStoreContractInput {
  name: string;
  store: () => FileStore;
  /** The size of the pieces in which the store keeps a file; tests look at their borders. */
  pieceBytes: number;
  /** Bytes that a write may have taken from its stream and not stored yet. */
  maxAheadBytes: number;
  /** Returns the number of bytes stored under a key, of a file that is not finished as well. */
  storedBytes: (key: string) => Promise<number>;
  /** Changes one stored byte behind the store's back. */
  changeByte: (key: string, at: number) => Promise<void>;
  /** Opens the same store over a connection of its own; `cut` takes its server away for good. */
  connect: () => Promise<{ store: FileStore; cut: () => Promise<void> }>;
}

export const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

export const nothing: FileDigest = { bytes: 0, sha256: sha256(Buffer.alloc(0)) };

/** Delivers bytes in pieces of a size, as a writer of rows does. */
export async function* inPieces(data: Buffer, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

/** Delivers 18 pieces of random bytes, and calls `act` in the middle, when the first ones are stored. */
export async function* halfway(size: number, act: () => unknown): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < 18; piece++) {
    if (piece === 9) await act();
    yield randomBytes(size);
  }
}

/** Reads to the end. Returns what was delivered until then, and the error that ended the read. */
export async function drain(reading: Promise<AsyncIterable<Uint8Array>>) {
  const pieces: Uint8Array[] = [];
  const failure = await (async () => {
    for await (const piece of await reading) pieces.push(piece);
    return null;
  })().catch((error: unknown) => error);
  return { data: Buffer.concat(pieces), failure };
}

/** Writes random bytes. Returns them, and what names them in a read. */
export async function writeRandom(store: FileStore, bytes: number) {
  const [key, data] = [newId('file'), randomBytes(bytes)];
  return { data, file: { key, ...(await store.write({ key, stream: inPieces(data) })) } };
}
