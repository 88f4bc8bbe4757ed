import { createHash } from 'node:crypto';
import { FileDamaged, type FileDigest } from '../../domain/reports/file-store';

/**
 * Returns the bytes of a whole file, one piece late: the last piece is delivered only once length and SHA-256 are those
 * expected. A reader who got all bytes of a file therefore got the right ones.
 *
 * @throws FileDamaged instead of delivering the last piece
 */
export async function* checkWhole(
  pieces: AsyncIterable<Uint8Array>,
  { key, bytes, sha256 }: FileDigest & { key: string },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  let held: Uint8Array | null = null;
  for await (const piece of pieces) {
    hash.update(piece);
    read += piece.length;
    if (read > bytes) throw new FileDamaged(key, `it has more than the ${bytes} bytes that were written`);
    if (held) yield held;
    held = piece;
  }
  if (read < bytes) throw new FileDamaged(key, `it has ${read} of the ${bytes} bytes that were written`);
  if (hash.digest('hex') !== sha256) throw new FileDamaged(key, 'its bytes have another SHA-256 than those written');
  if (held) yield held;
}
