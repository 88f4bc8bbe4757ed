import { StartFailed, type ManagedProcess } from '../embedded/managed-process.ts';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** Who ran this long starts counting anew. */
const STABLE_AFTER_MS = 60_000;

/**
 * How long to wait before the n-th start in a row (n from 1): half a second, doubled each time, half a minute at most.
 */
export const restartDelayMs = (attempt: number): number => Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);

export interface SuperviseInput {
  process: ManagedProcess;
  say: (line: string) => void;
  /** After it is up again under a new pid. */
  onRestarted: () => void;
  /** No restart any more once everything is being stopped. */
  isStopping: () => boolean;
}

/** Starts a process again whenever it dies, with growing pauses, and says so. */
export function supervise({ process, say, onRestarted, isStopping }: SuperviseInput): void {
  let attempt = 0;
  /** Null while it is down: a start that fails counts on. */
  let upSince: number | null = performance.now();

  /** `what` happened, in one line; what the process logged of it follows in lines of its own. */
  const restart = async ({ what, log = '' }: { what: string; log?: string }): Promise<void> => {
    if (upSince !== null && performance.now() - upSince > STABLE_AFTER_MS) attempt = 0;
    upSince = null;
    attempt += 1;
    const delayMs = restartDelayMs(attempt);
    say(`${what}; starting it again in ${delayMs / 1000} s${log}`);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isStopping() || process.pid !== null) return;
    starting = true;
    try {
      await process.start();
      upSince = performance.now();
      say(`${process.name} is up again (pid ${process.pid})`);
      onRestarted();
    } catch (error) {
      if (isStopping()) return;
      if (error instanceof StartFailed) return restart(error);
      const reason = error instanceof Error ? error.message : String(error);
      return restart({ what: `${process.name} could not be started (${reason})` });
    } finally {
      starting = false;
    }
  };

  // While start() is under way it reports an early end itself.
  let starting = false;
  process.onUnexpectedExit((how) => {
    if (!isStopping() && !starting) void restart({ what: `${process.name} ended (${how})` });
  });
}
