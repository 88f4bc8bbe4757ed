import { StartFailed, type ManagedProcess } from '../embedded/managed-process.ts';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** After this uptime the count of starts in a row begins at zero again. */
const STABLE_AFTER_MS = 60_000;
const CHECK_EVERY_MS = 5_000;
/** A busy machine may delay some responses; a process that misses this many in a row is frozen. */
const MAX_MISSED_CHECKS = 6;

/** Returns the wait before the n-th start in a row (n from 1): half a second, doubled each time up to half a minute. */
export const restartDelayMs = (attempt: number): number => Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);

export interface SuperviseInput {
  process: ManagedProcess;
  /** Resolves when the process responds; rejects within seconds otherwise. Without it only an end is noticed. */
  requireAlive?: () => Promise<void>;
  /** Milliseconds between two checks. Defaults to 5 s. */
  checkEveryMs?: number;
  print: (line: string) => void;
  /** Called when the process is up again under a new pid. */
  onRestarted: () => void;
  /** Returns true while everything is being stopped, which ends the restarts. */
  isStopping: () => boolean;
}

/**
 * Restarts a process whenever it dies or no longer responds, after growing waits, and prints a line about it. A frozen
 * process is killed: nothing it has accepted is lost, and another process continues its work.
 */
export function supervise(input: SuperviseInput): void {
  const { process, requireAlive, checkEveryMs = CHECK_EVERY_MS, print, onRestarted, isStopping } = input;
  let attempt = 0;
  /** Null while the process is down, so that failed starts count as starts in a row. */
  let upSince: number | null = performance.now();

  /** `what` describes the end in one line; `log` has the lines that the process logged about it. */
  const restart = async ({ what, log = '' }: { what: string; log?: string }): Promise<void> => {
    if (upSince !== null && performance.now() - upSince > STABLE_AFTER_MS) attempt = 0;
    upSince = null;
    attempt += 1;
    const delayMs = restartDelayMs(attempt);
    print(`${what}; starting it again in ${delayMs / 1000} s${log}`);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isStopping() || process.pid !== null) return;
    starting = true;
    try {
      await process.start();
      upSince = performance.now();
      print(`${process.name} is up again (pid ${process.pid})`);
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

  // While start() is under way, it reports an early end itself.
  let starting = false;
  process.onUnexpectedExit((how) => {
    if (!isStopping() && !starting) void restart({ what: `${process.name} ended (${how})` });
  });

  if (!requireAlive) return;
  let missed = 0;
  /** On a busy machine a process may take a while to end. */
  let ending: number | null = null;
  const check = async (): Promise<void> => {
    const { pid } = process;
    const responds = await requireAlive().then(
      () => true,
      () => false,
    );
    const isWatched = pid !== null && pid !== ending && process.pid === pid && !starting && !isStopping();
    missed = responds || !isWatched ? 0 : missed + 1;
    if (missed >= MAX_MISSED_CHECKS) {
      missed = 0;
      ending = pid;
      print(`${process.name} does not respond (${MAX_MISSED_CHECKS} checks in a row); ending it`);
      process.killUnresponsive();
    }
    if (!isStopping()) setTimeout(() => void check(), checkEveryMs).unref();
  };
  setTimeout(() => void check(), checkEveryMs).unref();
}
