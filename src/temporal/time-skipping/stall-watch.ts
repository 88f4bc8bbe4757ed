/** The largest share of the limit that the time between two checks counts; then the children are checked again. */
const SHARE = 1 / 4;

export interface StallCheckInput {
  /** The state of the process's own workflow; any change is a movement. */
  own: string;
  /** Returns the state of everything that the process has started and waits for; empty when there is nothing. */
  children: () => Promise<string>;
  /** The instant before `own` was read (ms of real time). */
  checkedAt: number;
  /** Milliseconds without a movement after which the process is stalled. */
  limitMs: number;
}

/**
 * Decides when a process is stalled: nothing of it, its children included, has moved for the limit. The children are
 * checked only while the process itself stands still, four times within the limit.
 *
 * The time between two checks counts for a quarter of the limit at most: a machine that was suspended, or too busy to
 * check, says nothing about the process.
 */
export class StallWatch {
  private own = '';
  private children = '';
  private stillMs = 0;
  private nextLookMs = 0;
  private seenAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Records a check; resolves to true when the process is stalled. */
  async isStalled({ own, children, checkedAt, limitMs }: StallCheckInput): Promise<boolean> {
    if (own !== this.own) {
      this.own = own;
      this.children = '';
      this.moved(limitMs);
      return false;
    }
    this.stillMs += Math.min(checkedAt - this.seenAt, limitMs * SHARE);
    this.seenAt = checkedAt;
    if (this.stillMs < this.nextLookMs) return false;
    const seen = await children();
    if (seen !== this.children) {
      this.children = seen;
      this.moved(limitMs);
      return false;
    }
    this.nextLookMs = this.stillMs + limitMs * SHARE;
    return this.stillMs >= limitMs;
  }

  private moved(limitMs: number): void {
    this.stillMs = 0;
    this.nextLookMs = limitMs * SHARE;
    this.seenAt = this.now();
  }
}
