/** How long a caller waits for what is read for it. */
export interface CallerDeadline {
  /** Milliseconds left; 0 once the time is up, or the caller is gone. */
  readonly leftMs: number;
  /** @throws once nobody waits any more */
  throwIfOver(): void;
}

/**
 * Returns the options of a read that the database ends when nobody waits for the result any more.
 * @throws where that is so already
 */
export function readWithin(deadline: CallerDeadline): { maxTimeMS: number } {
  deadline.throwIfOver();
  return { maxTimeMS: Math.max(1, Math.ceil(deadline.leftMs)) };
}
