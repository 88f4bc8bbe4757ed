import { setTimeout } from 'node:timers/promises';

/** Waits at most `ms` for work that may hang or reject; resolves to true when it succeeded. For shutting down only. */
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
