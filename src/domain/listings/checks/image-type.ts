export const imageTypes = ['jpeg', 'png', 'gif', 'webp', 'avif'] as const;
export type ImageType = (typeof imageTypes)[number];

/** Bytes at an offset, in hexadecimal. */
type Mark = readonly [offset: number, bytes: string];

const marks: Readonly<Record<Exclude<ImageType, 'avif'>, readonly (readonly Mark[])[]>> = {
  // ITU-T T.81: start of image, then the next marker.
  jpeg: [[[0, 'ffd8ff']]],
  // W3C PNG, section 5.2: the signature, then the header.
  png: [
    [
      [0, '89504e470d0a1a0a'],
      [12, '49484452'],
    ],
  ],
  // GIF89a specification: `GIF87a` or `GIF89a`.
  gif: [[[0, '474946383761']], [[0, '474946383961']]],
  // RFC 9649: `RIFF`, a length, `WEBP`, `VP8`.
  webp: [
    [
      [0, '52494646'],
      [8, '57454250565038'],
    ],
  ],
};

/**
 * Returns the type of the image that begins with these bytes; null for anything else, such as a web page or SVG. The
 * name of the file and what its server says about it do not count.
 */
export function imageTypeOf(bytes: Uint8Array): ImageType | null {
  const found = Object.entries(marks).find(([, forms]) =>
    forms.some((form) => form.every(([offset, expected]) => hexAt(bytes, offset, expected.length / 2) === expected)),
  );
  if (found) return found[0] as ImageType;
  return isAvif(bytes) ? 'avif' : null;
}

/**
 * ISO/IEC 14496-12 and AV1 Image File Format, section 6: a box `ftyp` comes first, and `avif` (a still) or `avis` (a
 * sequence) is its major brand or one of the compatible ones, of four bytes each.
 */
function isAvif(bytes: Uint8Array): boolean {
  if (textAt(bytes, 4) !== 'ftyp') return false;
  const boxEnd = Math.min(Number.parseInt(hexAt(bytes, 0, 4), 16), bytes.length);
  const offsets = Array.from({ length: Math.floor(boxEnd / 4) }, (_, index) => 4 * index);
  // The major brand is at 8, its version at 12, the compatible brands follow.
  const brands = offsets.filter((offset) => offset === 8 || offset >= 16).map((offset) => textAt(bytes, offset));
  return brands.includes('avif') || brands.includes('avis');
}

const hexAt = (bytes: Uint8Array, offset: number, length: number): string =>
  Array.from(bytes.subarray(offset, offset + length), (byte) => byte.toString(16).padStart(2, '0')).join('');

const textAt = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));
