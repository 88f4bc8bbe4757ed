import { createHash } from 'node:crypto';
import { duplicateTextOf } from '../../domain/listings/checks/duplicates';
import { withImages, type ListingContent } from '../../domain/listings/content';
import type { Listing } from '../../models/listings/listing';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Returns the hash that listings share whose texts `duplicateTextOf` makes equal. */
export const textHashOf = (content: Pick<ListingContent, 'title' | 'description'>): string =>
  hashOf(duplicateTextOf(content));

/** Returns the hashes of the URLs of a listing's images, each once. */
export const imageHashesOf = ({ images }: Pick<ListingContent, 'images'>): string[] => [
  ...new Set(images.map(({ url }) => hashOf(new URL(url).href))),
];

/**
 * Returns the fields by which listings with the same text or the same image are found: of what buyers see and of what
 * is edited, so that neither is copied unnoticed.
 */
export function duplicateKeysOf({ live, draft }: Pick<Listing, 'live' | 'draft'>) {
  const contents = [live, draft].filter((content) => content !== null).map(withImages);
  return {
    textHashes: [...new Set(contents.map(textHashOf))],
    imageHashes: [...new Set(contents.flatMap(imageHashesOf))],
  };
}
