import { condition } from '@temporalio/workflow';

const FIRST_WAIT_MS = 2_000;
const HOUR_MS = 3_600_000;

export interface WakeUpWaitInput {
  /** The number of this wait, from 1. */
  round: number;
  untilMs?: number;
  longestMs?: number;
}

/** Waits that grow from 2 s, doubling up to an hour, and that a webhook ends early. */
export class WakeUp {
  private pending = false;

  /** For signal handlers: ends the present wait, or the next one when none is under way. */
  trigger(): void {
    this.pending = true;
  }

  /**
   * Waits for a wake-up, for the time of this round, or until `untilMs`. Returns true for a wake-up: the caller counts
   * its rounds anew, so that the news is not left for an hour where the gateway does not answer at once.
   */
  async wait({ round, untilMs = Infinity, longestMs = HOUR_MS }: WakeUpWaitInput): Promise<boolean> {
    const growingMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(round - 1, 20), longestMs);
    const waitMs = Math.min(growingMs, untilMs - Date.now());
    if (waitMs > 0) await condition(() => this.pending, waitMs);
    const isWokenUp = this.pending;
    this.pending = false;
    return isWokenUp;
  }
}
