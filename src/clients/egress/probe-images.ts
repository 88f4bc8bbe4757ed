import { setTimeout as wait } from 'node:timers/promises';
import type { ImageProbe, ImageProbes } from '../../domain/listings/checks/image-rules';
import type { EgressClient } from './egress-client';
import { probeImage } from './probe-image';

export interface ProbeImagesInput {
  tenantId: string;
  urls: readonly string[];
  /** Ends the work between two calls and in a wait, with the signal's reason. */
  signal: AbortSignal;
}

/** Returns what each URL serves; one without a response is called three times within half a minute. */
export type ProbeImages = (input: ProbeImagesInput) => Promise<ImageProbes>;

/** With 3 s for a call, 20 images of as many dead hosts take 28 s in all. */
const AT_A_TIME = 10;
const WAITS_MS = [2000, 8000] as const;

export interface CreateProbeImagesInput {
  egress: EgressClient;
  /** Milliseconds before each further try. */
  waitsMs?: readonly number[];
}

/** Creates the check of a listing's images. */
export function createProbeImages({ egress, waitsMs = WAITS_MS }: CreateProbeImagesInput): ProbeImages {
  return async ({ tenantId, urls, signal }) => {
    const probes = new Map<string, ImageProbe>();
    for (const waitMs of [0, ...waitsMs]) {
      const left = [...new Set(urls)].filter((url) => (probes.get(url) ?? 'unavailable') === 'unavailable');
      if (left.length === 0) break;
      if (waitMs > 0) await wait(waitMs, undefined, { signal });
      for (const [url, probe] of await tryOnce({ egress, tenantId, urls: left, signal })) probes.set(url, probe);
    }
    return probes;
  };
}

/** Calls each URL once. A host that does not respond is called no further in the same try. */
async function tryOnce({
  egress,
  tenantId,
  urls,
  signal,
}: ProbeImagesInput & { egress: EgressClient }): Promise<Map<string, ImageProbe>> {
  const probes = new Map<string, ImageProbe>();
  const away = new Set<string>();
  const waiting = [...urls];
  const work = async (): Promise<void> => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      signal.throwIfAborted();
      const host = URL.canParse(url) ? new URL(url).host : url;
      const probe = away.has(host) ? 'unavailable' : await probeImage({ egress, tenantId, url });
      if (probe === 'unavailable') away.add(host);
      probes.set(url, probe);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, urls.length) }, work));
  return probes;
}
