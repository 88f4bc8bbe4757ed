import type { Request, RequestHandler, Response } from 'express';
import { DomainError } from '../../domain/domain-error';
import { databaseUnavailable } from '../problems';

/**
 * How long a request may still take. Handlers look at it before they commit, so that an answered request does not act
 * late.
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

  /** Whether the request was answered for want of time. */
  get passed(): boolean {
    return this.#passed;
  }

  /** Gives the request `ms` from now, for something that is known to take longer. */
  restart(ms: number): void {
    if (this.#passed) return;
    clearTimeout(this.#timer);
    this.#endsAtMs = performance.now() + ms;
    this.#timer = setTimeout(this.#expire, ms);
  }

  /** Stands still while the caller takes its time, sending its body. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#remainingMs = Math.max(0, this.#endsAtMs - performance.now());
  }

  resume(): void {
    this.restart(this.#remainingMs);
  }

  /**
   * Ends the work of a request that was answered already. To be called inside a transaction: nothing of it is then
   * committed.
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
  /** How many requests one process works on at a time; more would wait for nothing but each other. */
  maxInFlight: number;
  fail: (request: Request, response: Response, error: unknown) => void;
}

/**
 * Answers every request within its deadline, whatever it waits for: 503 when the time is up (a frozen MongoDB makes no
 * error by itself, see stack.md), and at once when too many are waiting already.
 */
export function limitTime({ requestDeadlineMs, maxInFlight, fail }: LimitTimeInput): RequestHandler {
  let inFlight = 0;
  return (request, response, next) => {
    if (inFlight >= maxInFlight) {
      throw new DomainError('DATABASE_UNAVAILABLE', 'Too many requests are waiting here. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    inFlight += 1;
    request.deadline = new Deadline(requestDeadlineMs, () => fail(request, response, databaseUnavailable()));
    response.once('close', () => {
      inFlight -= 1;
      request.deadline.clear();
    });
    next();
  };
}
