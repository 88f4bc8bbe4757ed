import { setTimeout } from 'node:timers/promises';

export type Outcome<T> = { ended: 'well'; value: T } | { ended: 'failed'; error: unknown } | { ended: 'late' };

/**
 * Waits at most `limitMs` for work that may throw, reject or hang, and resolves to its outcome. Late work continues
 * unobserved.
 */
export async function settleWithin<T>({
  work,
  limitMs,
}: {
  work: () => Promise<T>;
  limitMs: number;
}): Promise<Outcome<T>> {
  const timer = new AbortController();
  const late = setTimeout(limitMs, { ended: 'late' } as const, { signal: timer.signal });
  late.catch(() => undefined);
  const attempt = async (): Promise<Outcome<T>> => {
    try {
      return { ended: 'well', value: await work() };
    } catch (error) {
      return { ended: 'failed', error };
    }
  };
  try {
    return await Promise.race([attempt(), late]);
  } finally {
    timer.abort();
  }
}
