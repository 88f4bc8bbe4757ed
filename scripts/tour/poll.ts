const EVERY_MS = 100;

/** Calls `probe` until the result is not null, and returns it. @throws after `withinMs`, with the name in `what`. */
export async function poll<T>({
  what,
  withinMs,
  probe,
}: {
  what: string;
  withinMs: number;
  probe: () => Promise<T | null>;
}): Promise<T> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const result = await probe();
    if (result !== null) return result;
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  throw new Error(`${what} did not come within ${withinMs / 1000} s`);
}
