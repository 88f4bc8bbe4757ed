const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 15_000;
/** An instance that was ready for this long begins again with the first pause. */
const STABLE_MS = 60_000;

export interface CreateBackoffInput {
  firstPauseMs?: number;
  /** Milliseconds of a clock that only moves forward. */
  now?: () => number;
}

/** Returns the pauses before the restarts of something that dies: each twice as long as the one before, to a limit. */
export function createBackoff({ firstPauseMs = FIRST_PAUSE_MS, now = () => performance.now() }: CreateBackoffInput) {
  let deaths = 0;
  let startedAt: number | null = null;
  return {
    /** Notes that it runs well from now on. */
    started: (): void => {
      startedAt = now();
    },
    /** Returns the milliseconds to wait after a death. */
    nextPauseMs: (): number => {
      if (startedAt !== null && now() - startedAt >= STABLE_MS) deaths = 0;
      startedAt = null;
      return Math.min(firstPauseMs * 2 ** deaths++, MAX_PAUSE_MS);
    },
  };
}
