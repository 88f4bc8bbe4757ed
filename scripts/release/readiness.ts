import { setTimeout } from 'node:timers/promises';

export interface Readiness {
  isReady: boolean;
  status: string;
  pid: number;
  version: string;
  buildId: string;
}

/** The reason why a process that has ended does not become ready. */
export const ENDED = 'it ended';
const ANSWERS_WITHIN_MS = 3000;
const POLL_MS = 200;

/** Resolves to what the process at the admin port says of itself, or to null when none answers. */
export async function readReadiness(adminPort: number): Promise<Readiness | null> {
  const host = process.env.ADMIN_HOST || '127.0.0.1';
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${adminPort}/readyz`;
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const response = await fetch(url, { signal, headers: { connection: 'close' } });
    return { ...((await response.json()) as Omit<Readiness, 'isReady'>), isReady: response.ok };
  } catch {
    return null;
  }
}

export interface UntilReadyInput {
  adminPort: number;
  buildId: string;
  /**
   * Resolves to the id of the process, or to null when it has ended for good. Without it any process at the port
   * counts.
   */
  pid?: () => Promise<number | null>;
  limitMs: number;
}

/**
 * Resolves to null when the process itself reports at its own admin port that it is ready and of this build, or else to
 * the reason why it is not.
 */
export async function untilReady({
  adminPort,
  buildId,
  pid: readPid,
  limitMs,
}: UntilReadyInput): Promise<string | null> {
  const begun = performance.now();
  let last = 'nothing answers there';
  while (performance.now() - begun < limitMs) {
    const pid = await readPid?.();
    if (pid === null) return ENDED;
    const readiness = await readReadiness(adminPort);
    if (readiness !== null) {
      if (pid !== undefined && readiness.pid !== pid) last = `process ${readiness.pid} answers there`;
      else if (readiness.buildId !== buildId) return `it is of build ${readiness.buildId}, not ${buildId}`;
      else if (readiness.isReady) return null;
      else last = `it is ${readiness.status}`;
    }
    await setTimeout(POLL_MS);
  }
  return `it was not ready at admin port ${adminPort} within ${limitMs} ms: ${last}`;
}
