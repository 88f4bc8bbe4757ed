import { setTimeout } from 'node:timers/promises';

/** Waits for something that may hang or reject, at most `ms`; answers whether it ended well. For shutting down only. */
export async function settle(work: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const ended = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([ended, setTimeout(ms, false, { signal: timer.signal, ref: false })]);
  } finally {
    timer.abort();
  }
}
