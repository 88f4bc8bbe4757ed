import type { Grant, SharedCount } from './shared-count';

/** Share of the limit that a process takes from the shared count at a time; what it does not use lapses. */
const LEASE_SHARE = 0.02;
/** Share of the limit that a process lets pass before a late reply. Ten processes together stay within 5 %. */
const DEBT_SHARE = 0.005;

export interface AccountInput {
  count: SharedCount;
  key: string;
  limit: number;
  windowMs: number;
}

/** Receives the decision about one request. */
export type Decide = (passes: boolean) => void;

/** The window of the limit, as far as this process knows it. */
interface Window {
  /** Its name in Redis; null until a call has returned it. */
  name: string | null;
  /** Requests that may still pass without a call; below zero, requests that passed without a grant. */
  held: number;
  /** Requests left in the shared window at the last reply; null before the first. */
  left: number | null;
  endsAtMs: number;
}

/**
 * The requests of one caller in this process. It takes leases of the shared count and spends them without a call, so
 * only a request that finds the lease spent waits for Redis, in the order of arrival.
 *
 * 1. A request passes on a lease, so all processes together stay within the limit.
 * 2. While a reply is late a few pass on debt; while Redis is away everything does. The next call pays the debt.
 * 3. A lease and a debt lapse no later than their window ends in Redis: after an outage nobody pays in the next window
 *    for what passed in the last. A window that Redis does not know is one minute from its first request.
 */
export class Account {
  readonly #input: AccountInput;
  readonly #lease: number;
  readonly #maxDebt: number;
  readonly #waiting: Decide[] = [];
  #window: Window = { name: null, held: 0, left: null, endsAtMs: 0 };
  #isCalling = false;
  #isLate = false;

  constructor(input: AccountInput) {
    this.#input = input;
    this.#lease = Math.max(1, Math.floor(input.limit * LEASE_SHARE));
    this.#maxDebt = Math.floor(input.limit * DEBT_SHARE);
  }

  /** Requests left in the window, as far as this process knows; null while nothing is known. */
  get remaining(): number | null {
    const { left, held } = this.#window;
    return left === null ? null : Math.max(0, left + held);
  }

  /** Milliseconds until the window ends. */
  get endsInMs(): number {
    return Math.max(0, this.#window.endsAtMs - performance.now());
  }

  /** Decides about a request, immediately or when Redis has answered. */
  take(decide: Decide): void {
    const passes = this.#waiting.length === 0 ? this.#decision() : null;
    if (passes === null) this.#waiting.push(decide);
    else this.#answer(decide, passes);
    if (this.#waiting.length > 0 || this.#window.held < 0) this.#renewSoon();
  }

  /** Returns null for a request that has to wait. */
  #decision(): boolean | null {
    const { held, left } = this.#openWindow();
    if (held > 0) return true;
    if (left === 0) return false;
    if (this.#input.count.isAway) return true;
    return this.#isLate && held > -this.#maxDebt ? true : null;
  }

  /** Returns the window that is open now; begins one where the last is over. */
  #openWindow(): Window {
    const nowMs = performance.now();
    if (nowMs >= this.#window.endsAtMs)
      this.#window = { name: null, held: 0, left: null, endsAtMs: nowMs + this.#input.windowMs };
    return this.#window;
  }

  #answer(decide: Decide, passes: boolean): void {
    if (passes) this.#window.held -= 1;
    decide(passes);
  }

  #renewSoon(): void {
    if (!this.#isCalling && this.#input.count.mayCall()) void this.#renew();
  }

  async #renew(): Promise<void> {
    const { count, key, limit } = this.#input;
    this.#isCalling = true;
    const window = this.#openWindow();
    const owed = window.name === null ? 0 : Math.max(0, -window.held);
    const wanted = Math.max(this.#lease, this.#waiting.length);
    const sentAtMs = performance.now();
    const onSilence = (): void => {
      this.#isLate = true;
      this.#decideWaiting();
    };
    const windowMs = Math.max(1, Math.ceil(window.endsAtMs - sentAtMs));
    const grant = await count.take({ key, wanted, limit, windowMs, owed, owedIn: window.name, onSilence });
    if (grant) this.#credit(grant, { calledIn: window, sentAtMs });
    this.#isCalling = false;
    this.#isLate = false;
    this.#decideWaiting();
    if (this.#waiting.length > 0) this.#renewSoon();
  }

  #credit(grant: Grant, { calledIn, sentAtMs }: { calledIn: Window; sentAtMs: number }): void {
    const window = this.#openWindow();
    // A debt that lapsed while the call was under way is not paid back.
    if (window === calledIn) window.held += grant.paid;
    window.held += grant.granted;
    window.left = grant.left;
    window.endsAtMs = sentAtMs + grant.endsInMs;
    window.name = grant.window;
  }

  #decideWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const passes = this.#decision();
      if (passes === null) return;
      this.#waiting.shift();
      this.#answer(next, passes);
    }
  }
}
