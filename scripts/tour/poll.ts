const EVERY_MS = 100;

/** Asks until there is an answer that is not null. @throws after `withinMs`, naming what was waited for. */
export async function poll<T>({
  what,
  withinMs,
  ask,
}: {
  what: string;
  withinMs: number;
  ask: () => Promise<T | null>;
}): Promise<T> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  throw new Error(`${what} did not come within ${withinMs / 1000} s`);
}
