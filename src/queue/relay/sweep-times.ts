export interface CreateSweepTimesInput {
  /** Least milliseconds from one sweep to the next that a wake-up causes, so that a crowd of wake-ups is one sweep. */
  spacingMs: number;
  /** Milliseconds for which a wake-up waits for more rows, where many rows cost no more than one. */
  gatherMs: number;
  /** Ends every wait. */
  signal: AbortSignal;
}

/** Decides when a lane of the relay is swept next. */
export interface SweepTimes {
  /** Has the lane swept once rows that are due at this instant can be leased. */
  wake(dueAt: Date): void;
  /** Resolves when the next sweep is due: after `atMostMs`, earlier after a wake-up. */
  next(atMostMs: number): Promise<void>;
}

/** Returns the times of one lane. A wake-up during a sweep counts for the sweep after it. */
export function createSweepTimes({ spacingMs, gatherMs, signal }: CreateSweepTimesInput): SweepTimes {
  // By `performance.now()`: the machine's clock may be set back.
  let wantedAt = Infinity;
  let lastAt = -Infinity;
  let endWait = (): void => undefined;
  signal.addEventListener('abort', () => endWait(), { once: true });

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    wake(dueAt) {
      const now = performance.now();
      const due = now + dueAt.getTime() - Date.now();
      wantedAt = Math.min(wantedAt, Math.max(due, now + gatherMs, lastAt + spacingMs));
      endWait();
    },
    async next(atMostMs) {
      const limit = performance.now() + atMostMs;
      while (!signal.aborted) {
        const waitMs = Math.min(wantedAt, limit) - performance.now();
        if (waitMs <= 0) break;
        await wait(waitMs);
      }
      lastAt = performance.now();
      // A row that is due later has its own sweep.
      if (wantedAt <= lastAt) wantedAt = Infinity;
    },
  };
}
