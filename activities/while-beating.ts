import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 2000;

export interface BeatingWork {
  signal: AbortSignal;
  /** @throws the cancellation, once the work is no longer wanted or the worker shuts down */
  requireWanted: () => void;
}

/**
 * Runs work with a heartbeat, by which a lost worker is noticed and a cancellation arrives. Work that a cancellation
 * ended throws the cancellation itself: the worker shuts down (another one continues), or the work was cancelled.
 */
export async function whileBeating<T>(work: (input: BeatingWork) => Promise<T>): Promise<T> {
  const context = Context.current();
  const signal = context.cancellationSignal;
  const beating = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  const requireWanted = (): void => {
    if (signal.aborted) throw signal.reason;
  };
  try {
    return await work({ signal, requireWanted });
  } catch (error) {
    requireWanted();
    throw error;
  } finally {
    clearInterval(beating);
  }
}
