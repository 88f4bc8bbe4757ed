/** A terminal, npm and the bootstrap may each pass on the same Ctrl-C. */
const SAME_REQUEST_MS = 700;

/**
 * Calls `onFirst` at the first request to end (a signal, a message of the bootstrap, or the end of its starter), and
 * `onSecond` at a later request.
 */
export function onShutDownRequest({ onFirst, onSecond }: { onFirst: () => void; onSecond: () => void }): void {
  let firstAt: number | null = null;
  const request = (): void => {
    if (firstAt === null) {
      firstAt = performance.now();
      onFirst();
    } else if (performance.now() - firstAt > SAME_REQUEST_MS) {
      onSecond();
    }
  };
  const requestOnce = (): void => {
    if (firstAt === null) request();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  process.on('message', ({ stop }: { stop: string }) => (stop === 'abandoned' ? requestOnce() : request()));
  process.once('disconnect', requestOnce);
}
