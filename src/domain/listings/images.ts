import { DomainError } from '../domain-error';
import { judgeUrl, urlRules } from '../egress/judge-url';
import type { EgressPolicy } from '../egress/egress-policy';
import type { Mode } from '../tenant';

export interface ListingImage {
  url: string;
  /** What the image shows, for those who do not see it. */
  alt: string | null;
}

export interface RequireImageUrlsInput {
  images: readonly Pick<ListingImage, 'url'>[];
  mode: Mode;
  policy: EgressPolicy;
}

/**
 * Accepts the URLs of images that a request sends, without a connection to any; http is allowed.
 * @throws DomainError `IMAGE_URL_NOT_ALLOWED`, pointing at the first URL that the platform must not call
 */
export function requireImageUrls({ images, mode, policy }: RequireImageUrlsInput): void {
  for (const [index, { url }] of images.entries()) {
    const { refusedBy } = judgeUrl({ url, mode, policy, allowsHttp: true });
    if (refusedBy === null) continue;
    throw new DomainError('IMAGE_URL_NOT_ALLOWED', urlRules[refusedBy], { pointer: `/images/${index}/url` });
  }
}
