import type { Request, RequestHandler, Response } from 'express';
import { databaseUnavailable } from '../problems';

/**
 * The time that a request has left. Handlers check the deadline before they commit, so that a request which was already
 * answered with an error changes nothing afterwards.
 */
export class Deadline {
  readonly #expire: () => void;
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs = 0;
  #remainingMs = 0;
  #passed = false;

  constructor(ms: number, expire: () => void) {
    this.#expire = () => {
      this.#passed = true;
      expire();
    };
    this.restart(ms);
  }

  /** True when the request was answered because its time ran out. */
  get passed(): boolean {
    return this.#passed;
  }

  /** Extends the deadline to `ms` milliseconds from now, for work that is known to take longer. */
  restart(ms: number): void {
    if (this.#passed) return;
    clearTimeout(this.#timer);
    this.#endsAtMs = performance.now() + ms;
    this.#timer = setTimeout(this.#expire, ms);
  }

  /** Stops the clock while the caller sends its body. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#remainingMs = Math.max(0, this.#endsAtMs - performance.now());
  }

  resume(): void {
    this.restart(this.#remainingMs);
  }

  /**
   * Ends the work of a request that was already answered. Call it inside a transaction, so that nothing of the
   * transaction is committed.
   */
  throwIfPassed(): void {
    if (this.#passed) throw databaseUnavailable();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

export interface LimitTimeInput {
  requestDeadlineMs: number;
  fail: (request: Request, response: Response, error: unknown) => void;
}

/**
 * Responds to every request within its deadline, whatever the request waits for: 503 when the time is up (a frozen
 * MongoDB raises no error by itself, see stack.md).
 */
export function limitTime({ requestDeadlineMs, fail }: LimitTimeInput): RequestHandler {
  return (request, response, next) => {
    request.deadline = new Deadline(requestDeadlineMs, () => fail(request, response, databaseUnavailable()));
    response.once('close', () => request.deadline.clear());
    next();
  };
}
