/** Milliseconds of which the ends of requests are judged together. */
const WINDOW_MS = 1000;
/** Requests that are always worked on at a time: fewer would not make any of them faster. */
const LEAST = 8;
/** Share of the requests of a window that may end too late before the process takes on fewer. */
const LATE_SHARE = 0.25;
/** Share of the limit that a window takes away in which every request was late. */
const SHRINKS_BY = 0.7;
/** Growth where the process works on half of what it may, or more. */
const GROWS_BY = 1.1;
/** Growth where it works on less, so that the limit means nothing at present. */
const RECOVERS_BY = 2;

export interface AdaptiveLimitInput {
  /** The limit while requests end in time. */
  max: number;
  /** Monotonic time in milliseconds; defaults to the process's own. */
  nowMs?: () => number;
}

/**
 * The number of requests that a process works on at a time, found from how many of them end in time. Work that is given
 * up at its deadline keeps other work from ending in time: with enough callers that repeat their requests, none would
 * ever succeed again, although the process could do some of them each second. In a second in which more than a quarter
 * of the requests were late the limit shrinks, by 70 % where all of them were; in any other it grows by 10 %, and
 * faster where it is not used.
 */
export class AdaptiveLimit {
  readonly #max: number;
  readonly #nowMs: () => number;
  #limit: number;
  #windowBeganMs: number;
  #underWay = 0;
  /** The highest number of requests under way in the window. */
  #peak = 0;
  #ended = 0;
  #late = 0;

  constructor({ max, nowMs = () => performance.now() }: AdaptiveLimitInput) {
    this.#max = max;
    this.#nowMs = nowMs;
    this.#limit = max;
    this.#windowBeganMs = nowMs();
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** True while the process takes on fewer requests than it may. */
  get isReduced(): boolean {
    return this.value < this.#max;
  }

  /** Counts a request that the process begins to work on. */
  began(): void {
    this.#underWay += 1;
    this.#peak = Math.max(this.#peak, this.#underWay);
  }

  /** Counts a request whose work has ended; late when nobody waited for its result any more. */
  ended({ isLate }: { isLate: boolean }): void {
    this.#underWay -= 1;
    this.#ended += 1;
    if (isLate) this.#late += 1;
    const passedMs = this.#nowMs() - this.#windowBeganMs;
    if (passedMs < WINDOW_MS) return;
    this.#judge(Math.floor(passedMs / WINDOW_MS));
    this.#windowBeganMs = this.#nowMs();
    this.#ended = 0;
    this.#late = 0;
    this.#peak = this.#underWay;
  }

  #judge(windows: number): void {
    const lateShare = this.#late / this.#ended;
    // Fewer requests at a time help only where there are many: a request alone that is late is slow by itself.
    if (lateShare > LATE_SHARE && this.#peak > LEAST) {
      this.#limit = Math.max(LEAST, Math.min(this.#limit, this.#peak) * (1 - SHRINKS_BY * lateShare));
      return;
    }
    const factor = this.#peak < this.#limit / 2 ? RECOVERS_BY : GROWS_BY;
    this.#limit = Math.min(this.#max, this.#limit * factor ** windows);
  }
}
