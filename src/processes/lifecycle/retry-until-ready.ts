import { setTimeout } from 'node:timers/promises';
import { settleWithin } from './settle-within';

export interface RetryUntilReadyInput<T> {
  /** Name of the awaited server or step, for the log. */
  name: string;
  attempt: () => Promise<T>;
  attemptWithinMs?: number;
  isDraining: () => boolean;
  logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Thrown when a shutdown ended the boot. */
export class BootInterrupted extends Error {
  override readonly name = 'BootInterrupted';
}

const FIRST_PAUSE_MS = 50;
const QUIET_MS = 500;
const MAX_PAUSE_MS = 2000;
const REMIND_MS = 30_000;

/**
 * Retries until the attempt succeeds, so that processes and servers may start in any order. Logs when it begins to
 * wait, every 30 s, and when it is over. @throws BootInterrupted
 */
export async function retryUntilReady<T>({
  name,
  attempt,
  attemptWithinMs = 10_000,
  isDraining,
  logger,
}: RetryUntilReadyInput<T>): Promise<T> {
  const begun = performance.now();
  let loggedAt: number | null = null;
  for (let tries = 0; !isDraining(); tries += 1) {
    const outcome = await settleWithin({ work: attempt, limitMs: attemptWithinMs });
    if (outcome.ended === 'well') {
      if (loggedAt !== null) logger.info({ waitedMs: Math.round(performance.now() - begun) }, `${name}: ready`);
      return outcome.value;
    }
    const reason =
      outcome.ended === 'late'
        ? `no response within ${attemptWithinMs} ms`
        : outcome.error instanceof Error
          ? outcome.error.message
          : String(outcome.error);
    // The first failures may only mean that a connection is being opened.
    const isDue = loggedAt === null ? performance.now() - begun > QUIET_MS : performance.now() - loggedAt > REMIND_MS;
    if (isDue) {
      loggedAt = performance.now();
      logger.warn({ reason }, `${name}: not ready yet; retrying`);
    }
    await setTimeout(Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, tries - 3), MAX_PAUSE_MS));
  }
  throw new BootInterrupted(`Shut down while waiting for ${name}`);
}
