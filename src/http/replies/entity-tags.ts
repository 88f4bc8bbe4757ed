/** An entity tag (RFC 9110 §8.8.3). A weak tag means "the same for a reader", not "the same to the byte". */
export interface EntityTag {
  weak: boolean;
  /** The tag with its quotes. */
  opaque: string;
}

/** Returns the strong entity tag of a resource's version, or of several versions that the resource is made of. */
export const etagOf = (version: number | string): string => `"${version}"`;

const ELEMENT = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/**
 * Reads `If-Match` or `If-None-Match` by its grammar (RFC 9110 §13.1): `*`, or a list of any length, whose tags may
 * hold commas and whose elements may be empty. A header that breaks the grammar names no tag at all.
 */
export function readEntityTags(header: string): '*' | EntityTag[] {
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  let position = 0;
  while (position < header.length) {
    ELEMENT.lastIndex = position;
    const [element, weak, opaque] = ELEMENT.exec(header) ?? [];
    if (element === undefined) return [];
    if (opaque !== undefined) tags.push({ weak: weak !== undefined, opaque });
    position += element.length;
  }
  return tags;
}
