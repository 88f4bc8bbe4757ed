import { setTimeout } from 'node:timers/promises';
import { settleWithin } from './settle-within';

export interface UntilItWorksInput<T> {
  /** What is waited for, for the log. */
  what: string;
  attempt: () => Promise<T>;
  attemptWithinMs?: number;
  isDraining: () => boolean;
  logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** The boot was ended by a shutdown. */
export class BootInterrupted extends Error {
  override readonly name = 'BootInterrupted';
}

const FIRST_PAUSE_MS = 50;
const QUIET_MS = 500;
const LONGEST_PAUSE_MS = 2000;
const REMIND_MS = 30_000;

/**
 * Tries until it works, so that processes and servers may start in any order. Says so when it begins to wait, every 30
 * s, and when it is over. @throws BootInterrupted
 */
export async function untilItWorks<T>({
  what,
  attempt,
  attemptWithinMs = 10_000,
  isDraining,
  logger,
}: UntilItWorksInput<T>): Promise<T> {
  const begun = performance.now();
  let saidAt: number | null = null;
  for (let tries = 0; !isDraining(); tries += 1) {
    const outcome = await settleWithin({ work: attempt, limitMs: attemptWithinMs });
    if (outcome.ended === 'well') {
      if (saidAt !== null) logger.info({ waitedMs: Math.round(performance.now() - begun) }, `${what}: there now`);
      return outcome.value;
    }
    const reason =
      outcome.ended === 'late'
        ? `no answer within ${attemptWithinMs} ms`
        : outcome.error instanceof Error
          ? outcome.error.message
          : String(outcome.error);
    // The very first failures may only mean that a connection is being made.
    const isDue = saidAt === null ? performance.now() - begun > QUIET_MS : performance.now() - saidAt > REMIND_MS;
    if (isDue) {
      saidAt = performance.now();
      logger.warn({ reason }, `${what}: not there yet; trying again until it is`);
    }
    await setTimeout(Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, tries - 3), LONGEST_PAUSE_MS));
  }
  throw new BootInterrupted(`Shut down while waiting for ${what}`);
}
