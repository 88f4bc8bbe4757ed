import { condition } from '@temporalio/workflow';

const FIRST_WAIT_MS = 2_000;
const HOUR_MS = 3_600_000;

/** Webhooks that say "look now", raced against waits that grow: 2 s, 4 s, 8 s … up to an hour. */
export class News {
  private waiting = false;

  /** For handlers. */
  tell(): void {
    this.waiting = true;
  }

  /** Waits for news, for the `look`-th wait (from 1), or until `untilMs`. News that came while nobody waited counts. */
  async await({
    look,
    untilMs = Infinity,
    longestMs = HOUR_MS,
  }: {
    look: number;
    untilMs?: number;
    longestMs?: number;
  }): Promise<void> {
    const growingMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(look - 1, 20), longestMs);
    const waitMs = Math.min(growingMs, untilMs - Date.now());
    if (waitMs > 0) await condition(() => this.waiting, waitMs);
    this.waiting = false;
  }
}
