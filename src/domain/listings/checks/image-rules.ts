import type { ListingImage } from '../images';
import type { CheckRule, RuleHit } from './check-rules';

/**
 * `image`: the URL serves one. `invalid`: it serves something else. `refused`: the platform does not call it.
 * `unavailable`: no response came, or none that says what is there.
 */
export const imageProbes = ['image', 'invalid', 'refused', 'unavailable'] as const;
export type ImageProbe = (typeof imageProbes)[number];

/** What each URL was found to serve. */
export type ImageProbes = ReadonlyMap<string, ImageProbe>;

const hits: Readonly<Partial<Record<ImageProbe, { rule: CheckRule; evidence: string }>>> = {
  invalid: { rule: 'image_invalid', evidence: 'no JPEG, PNG, WebP, AVIF or GIF' },
  refused: { rule: 'image_refused', evidence: 'not called: no public address' },
  unavailable: { rule: 'image_unavailable', evidence: 'no response in three tries' },
};

/** Returns a hit for each image whose URL serves none. An image that nobody has called has no hit. */
export const imageHits = (images: readonly ListingImage[], probes: ImageProbes): RuleHit[] =>
  images.flatMap(({ url }, index) => {
    const probe = probes.get(url);
    const hit = probe && hits[probe];
    return hit ? [{ ...hit, pointer: `/images/${index}/url` }] : [];
  });
