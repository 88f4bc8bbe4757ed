import type { ImageProbe } from '../../domain/listings/checks/image-rules';
import { imageTypeOf } from '../../domain/listings/checks/image-type';
import type { EgressClient } from './egress-client';
import { EgressRefused } from './egress-errors';

export interface ProbeImageInput {
  egress: EgressClient;
  /** The tenant whose listing has the image. */
  tenantId: string;
  url: string;
}

const LIMITS = { maxBytes: 65_536, timeoutMs: 3000, redirects: 3 } as const;

/** Responses that say nothing about the image: another try may find it. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/** Returns what a URL serves, by the first bytes of one call of 3 s and 64 KiB at most. */
export async function probeImage({ egress, tenantId, url }: ProbeImageInput): Promise<ImageProbe> {
  try {
    const { status, body } = await egress.call({
      tenantId,
      url,
      allowsHttp: true,
      headers: { accept: 'image/*' },
      isEnough: (status, body) => status !== 200 || imageTypeOf(body) !== null,
      ...LIMITS,
    });
    if (status >= 500 || passingStatuses.has(status)) return 'unavailable';
    return status === 200 && imageTypeOf(body) !== null ? 'image' : 'invalid';
  } catch (error) {
    // Whatever else goes wrong is no reason to hold up a review: a try that throws would be repeated for ever.
    return error instanceof EgressRefused ? 'refused' : 'unavailable';
  }
}
