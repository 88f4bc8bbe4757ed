import { createHash } from 'node:crypto';
import { duplicateTextOf } from '../../domain/listings/checks/duplicates';
import type { ListingContent } from '../../domain/listings/content';

/** Returns the hash that listings share whose texts `duplicateTextOf` makes equal. */
export const textHashOf = (content: Pick<ListingContent, 'title' | 'description'>): string =>
  createHash('sha256').update(duplicateTextOf(content)).digest('base64url');
