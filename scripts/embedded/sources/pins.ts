import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The SHA-256 of each archive that may be downloaded, by URL; null for an archive that nobody has received yet. */
export type Pins = Readonly<Record<string, string | null>>;

export const pinsFile = (root: string): string => join(root, 'scripts', 'embedded', 'sources', 'pins.json');

export const readPins = (root: string): Pins => JSON.parse(readFileSync(pinsFile(root), 'utf8')) as Pins;

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Returns the name of the archive at a URL, which is the same at every host. Where the path ends with a version instead
 * of a file, the query names the platform.
 */
function archiveName(url: string): string {
  const { pathname, search } = new URL(url);
  const name = basename(pathname);
  return name.endsWith('gz') ? name : `${name}${search}`;
}

/**
 * Compares an archive with the pin of its name, from whichever host it came. Returns 'unpinned' where no hash is known:
 * the archive may then be used, since only TLS vouches for it, and the caller has to say so. `npm run pin` fills in the
 * missing hashes.
 * @throws when the bytes are not those of the pin.
 */
export function checkPin({ url, bytes, pins }: { url: string; bytes: Uint8Array; pins: Pins }): 'pinned' | 'unpinned' {
  const known = Object.keys(pins).find((pinned) => archiveName(pinned) === archiveName(url));
  const wanted = known === undefined ? null : (pins[known] ?? null);
  if (wanted === null) return 'unpinned';
  const received = sha256Of(bytes);
  if (received !== wanted)
    throw new Error(`${url} has the SHA-256 ${received}, but pins.json expects ${wanted}: it was not used`);
  return 'pinned';
}
