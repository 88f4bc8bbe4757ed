import { setTimeout } from 'node:timers/promises';

const TICK_MS = 50;

/**
 * Measures by how much a timer of this process is late: on a machine that stands still, everything else does too.
 * Returns the end of the measurement, which resolves to the longest delay in milliseconds.
 */
export function measureLag({
  tick = async (ms: number): Promise<void> => setTimeout(ms, undefined, { ref: false }),
  now = () => performance.now(),
} = {}): () => Promise<number> {
  const ended = new AbortController();
  let longestMs = 0;
  const measured = (async () => {
    while (!ended.signal.aborted) {
      const begun = now();
      await tick(TICK_MS);
      longestMs = Math.max(longestMs, now() - begun - TICK_MS);
    }
  })();
  return async () => {
    ended.abort();
    await measured;
    return longestMs;
  };
}
