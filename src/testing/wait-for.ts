import { setTimeout } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/** Asks again until `probe` neither throws nor answers something falsy, and returns that answer. Fails with the last reason after `timeoutMs`. */
export async function waitFor<T>(probe: () => Promise<T> | T, { what, timeoutMs = 60_000, everyMs = 50 }: { what: string; timeoutMs?: number; everyMs?: number }): Promise<Truthy<T>> {
  const giveUpAt = Date.now() + timeoutMs;
  let reason: unknown = 'it never was';
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer as Truthy<T>;
      reason = 'it was not yet';
    } catch (error) {
      reason = (error as Error).message;
    }
    if (Date.now() > giveUpAt) throw new Error(`Waited ${timeoutMs} ms for ${what}: ${String(reason)}`);
    await setTimeout(everyMs);
  }
}
