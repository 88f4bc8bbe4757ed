import type { Request, RequestHandler, Response } from 'express';
import type { CallerDeadline } from '../../contracts/listings/caller-deadline';
import type { DomainError } from '../../domain/domain-error';
import { databaseUnavailable } from '../problems';

/** A timer that fires later than this many milliseconds shows that the process itself stood still. */
const STALLED_MS = 50;

/**
 * The time that a request has left. Handlers check the deadline before they commit, so that a request which was already
 * answered with an error changes nothing afterwards.
 */
export class Deadline implements CallerDeadline {
  readonly #expire: (problem?: DomainError) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires, or has fired. */
  #wakesAtMs = 0;
  #endsAtMs = 0;
  /** The time left while the clock stands; null while it runs. */
  #remainingMs: number | null = null;
  #passed = false;
  #cleared = false;
  /** True once the request was given the time for which the process stood still. */
  #extended = false;
  /** What the request is answered with; undefined where the database is to blame. */
  #problem: DomainError | undefined;

  constructor(ms: number, expire: (problem?: DomainError) => void) {
    this.#expire = expire;
    this.restart(ms);
  }

  /** True when the request was answered because its time ran out. */
  get passed(): boolean {
    return this.#passed;
  }

  /** True when the request's own work took too long, and not something that the request waited for. */
  get isLate(): boolean {
    return this.#passed && this.#problem === undefined;
  }

  /** Milliseconds left; 0 once the request has its response, or its caller is gone. */
  get leftMs(): number {
    if (this.#passed || this.#cleared) return 0;
    return this.#remainingMs ?? Math.max(0, this.#endsAtMs - performance.now());
  }

  /**
   * Extends the deadline to `ms` milliseconds from now, for work that is known to take longer. `problem` is the answer
   * once they are over, where that is no fault of the database.
   */
  restart(ms: number, problem = this.#problem): void {
    if (this.#passed) return;
    this.#problem = problem;
    this.#remainingMs = null;
    this.#endsAtMs = performance.now() + ms;
    // A timer that fires too early is set again then: most requests end before.
    if (this.#timer === undefined || this.#endsAtMs < this.#wakesAtMs) this.#wakeIn(ms);
  }

  /** Stops the clock while the caller sends its body. */
  pause(): void {
    this.#remainingMs = Math.max(0, this.#endsAtMs - performance.now());
  }

  resume(): void {
    if (this.#remainingMs !== null) this.restart(this.#remainingMs);
  }

  /**
   * Ends the work of a request that was already answered. Call it inside a transaction, so that nothing of the
   * transaction is committed.
   */
  throwIfPassed(): void {
    if (this.#passed) throw databaseUnavailable();
  }

  /**
   * Ends a read that nobody waits for any more: the request has its response, or its caller is gone. What changes
   * something goes on without its caller, so it checks `throwIfPassed`.
   */
  throwIfOver(): void {
    if (this.#passed || this.#cleared) throw databaseUnavailable();
  }

  /** Called when the response was sent, or the connection has ended. */
  clear(): void {
    this.#cleared = true;
    clearTimeout(this.#timer);
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#wakesAtMs = performance.now() + ms;
    this.#timer = setTimeout(wake, ms, this);
  }

  /** Called by the timer. */
  static wake(deadline: Deadline): void {
    deadline.#timer = undefined;
    if (deadline.#remainingMs !== null) return;
    const nowMs = performance.now();
    const lateMs = nowMs - deadline.#wakesAtMs;
    if (lateMs > STALLED_MS && !deadline.#extended) {
      // Responses that have arrived meanwhile are read only after this timer: nobody but this process was late.
      deadline.#extended = true;
      deadline.#endsAtMs = Math.max(deadline.#endsAtMs, nowMs + lateMs);
    }
    const leftMs = deadline.#endsAtMs - nowMs;
    if (leftMs >= 1) {
      deadline.#wakeIn(leftMs);
      return;
    }
    deadline.#passed = true;
    deadline.#expire(deadline.#problem);
  }
}

const wake = (deadline: Deadline): void => Deadline.wake(deadline);

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
    request.deadline = new Deadline(requestDeadlineMs, (problem = databaseUnavailable()) =>
      fail(request, response, problem),
    );
    response.on('close', clearDeadline);
    next();
  };
}

function clearDeadline(this: Response): void {
  this.req.deadline.clear();
}
