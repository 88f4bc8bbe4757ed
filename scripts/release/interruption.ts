import { Refused } from './stage.ts';

/** Ctrl-C reaches this process, and npm may forward it again. */
const SAME_SIGNAL_MS = 1000;

/**
 * Has SIGINT and SIGTERM end the release between two apps, never within one: there the processes that PM2 or a primary
 * has begun to replace would go on without it. A second signal ends this process immediately, with exit code 1.
 */
export function listenForInterruption(print: (line: string) => void): { throwIfAny: () => void } {
  let first: { signal: string; at: number } | null = null;
  const onSignal = (signal: string): void => {
    if (first === null) {
      first = { signal, at: performance.now() };
      print(`${signal}: the release ends when the app under way is done; send it again to end it immediately`);
    } else if (performance.now() - first.at >= SAME_SIGNAL_MS) {
      print(`${signal}: ended; an app may be half released`);
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return {
    /** @throws Refused once a signal has arrived */
    throwIfAny: () => {
      if (first !== null) throw new Refused(`ended by ${first.signal}`);
    },
  };
}
