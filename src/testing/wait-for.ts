import { setTimeout } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/**
 * Calls `probe` until it returns a truthy value, and returns that value. Throws the last reason after `timeoutMs`.
 * Without `everyMs` the calls become rarer the longer the wait is: a probe costs as much as the awaited work.
 */
export async function waitFor<T>(
  probe: () => Promise<T> | T,
  { what, timeoutMs = 300_000, everyMs }: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<Truthy<T>> {
  const begunAt = Date.now();
  let reason: unknown = 'never checked';
  for (;;) {
    try {
      const value = await probe();
      if (value) return value as Truthy<T>;
      reason = 'not yet';
    } catch (error) {
      reason = (error as Error).message;
    }
    const waitedMs = Date.now() - begunAt;
    if (waitedMs > timeoutMs) throw new Error(`Waited ${timeoutMs} ms for ${what}: ${String(reason)}`);
    await setTimeout(everyMs ?? Math.min(500, Math.max(50, waitedMs / 10)));
  }
}
