/** The largest share of the limit that the time between two checks counts; then the children are checked again. */
const SHARE = 1 / 4;
/**
 * The multiple of the limit for a process that only tries in vain to get one of its tenant's slots: longer than the
 * tenant's other steps may hold them, and not for ever.
 */
export const PUT_OFF_STALLS = 10;

/** Two of them differ when the workflows have moved in between. */
export interface Movement {
  /** Changes whenever one of the workflows records an event, starts or ends; empty when there are none. */
  progress: string;
  /** Changes whenever an activity tried in vain to get one of its tenant's slots: it waits for its turn. */
  putOff: number;
}

export const NO_MOVEMENT: Movement = { progress: '', putOff: 0 };

export interface StallCheckInput {
  /** The state of the process's own workflow. */
  own: Movement;
  /** Returns the state of everything that the process has started and waits for. */
  children: () => Promise<Movement>;
  /** The instant before `own` was read (ms of real time). */
  checkedAt: number;
  /** Milliseconds without a movement after which the process is stalled. */
  limitMs: number;
}

/**
 * Decides when a process is stalled: nothing of it, its children included, has moved for the limit, or it has only
 * waited for its turn for `PUT_OFF_STALLS` times the limit. The children are checked only while the process itself
 * makes no progress, four times within the limit.
 *
 * The time between two checks counts for a quarter of the limit at most: a machine that was suspended, or too busy to
 * check, says nothing about the process.
 */
export class StallWatch {
  private own = NO_MOVEMENT;
  private children = NO_MOVEMENT;
  private sinceProgressMs = 0;
  private sinceMovementMs = 0;
  private sinceLookMs = 0;
  private seenAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Records a check; resolves to true when the process is stalled. */
  async isStalled({ own, children, checkedAt, limitMs }: StallCheckInput): Promise<boolean> {
    if (own.progress !== this.own.progress) {
      this.own = own;
      this.children = NO_MOVEMENT;
      this.progressed();
      return false;
    }
    this.count(Math.min(checkedAt - this.seenAt, limitMs * SHARE));
    this.seenAt = checkedAt;
    if (own.putOff !== this.own.putOff) this.sinceMovementMs = 0;
    this.own = own;
    if (this.sinceLookMs < limitMs * SHARE) return false;
    this.sinceLookMs = 0;
    const seen = await children();
    const { progress, putOff } = this.children;
    this.children = seen;
    if (seen.progress !== progress) {
      this.progressed();
      return false;
    }
    if (seen.putOff !== putOff) this.sinceMovementMs = 0;
    return this.sinceMovementMs >= limitMs || this.sinceProgressMs >= PUT_OFF_STALLS * limitMs;
  }

  private count(ms: number): void {
    this.sinceProgressMs += ms;
    this.sinceMovementMs += ms;
    this.sinceLookMs += ms;
  }

  private progressed(): void {
    this.sinceProgressMs = 0;
    this.sinceMovementMs = 0;
    this.sinceLookMs = 0;
    this.seenAt = this.now();
  }
}
