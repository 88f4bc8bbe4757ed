import { setTimeout } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/**
 * Asks again until `probe` neither throws nor answers something falsy, and returns that answer. Fails with the last
 * reason after `timeoutMs`. Without `everyMs` it asks the less often the longer it waits: a question costs as much as
 * the work that it waits for.
 */
export async function waitFor<T>(
  probe: () => Promise<T> | T,
  { what, timeoutMs = 60_000, everyMs }: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<Truthy<T>> {
  const begunAt = Date.now();
  let reason: unknown = 'it never was';
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer as Truthy<T>;
      reason = 'it was not yet';
    } catch (error) {
      reason = (error as Error).message;
    }
    const waitedMs = Date.now() - begunAt;
    if (waitedMs > timeoutMs) throw new Error(`Waited ${timeoutMs} ms for ${what}: ${String(reason)}`);
    await setTimeout(everyMs ?? Math.min(500, Math.max(50, waitedMs / 10)));
  }
}
