import { QUERY_RENEWAL_AFTER_MS } from '../../src/contracts/payments/payment';
import type { ChargeStatus } from '../../src/domain/subscriptions/subscription-progress';
import type { Charging } from './charging';

/** The part of an open charge that decides when its payment is queried. */
export interface OpenCharge {
  status: ChargeStatus;
  /** With `pending`: the instant at which the payment is given up, ISO 8601; null where there is none. */
  until?: string | null;
}

/** Tracks the charge under way and the next query about a payment without a final result. */
export class ChargeTracker {
  /** The charge under way in a child. */
  current: Charging | null = null;
  /** Time at which a pending payment is queried, or a charge that runs elsewhere is retried, in milliseconds. */
  queryAtMs = 0;
  private queries = 0;
  /** The number of times in a row that a child of an earlier run was still charging. */
  private timesElsewhere = 0;
  private wakeUp = false;

  /** True while this run's child, or one of an earlier run, charges and may move the subscription at any moment. */
  get isRunning(): boolean {
    return this.current !== null || this.timesElsewhere > 0;
  }

  /** True when the main loop must act on the charge. */
  get needsAttention(): boolean {
    return this.current ? this.current.settled : this.wakeUp;
  }

  /** Records the end of the charge under way. A payment that is still pending is queried again after a growing wait. */
  ended(charge: OpenCharge | null): void {
    this.current = null;
    this.timesElsewhere = 0;
    if (charge?.status !== 'pending') {
      this.queries = 0;
      this.queryAtMs = 0;
      return;
    }
    this.queries += 1;
    // The query comes no later than the payment's deadline, at which the payment is voided.
    const deadlineMs = Date.parse(charge.until ?? '');
    this.queryAtMs = Math.min(queryAgainAtMs(this.queries), deadlineMs > Date.now() ? deadlineMs : Infinity);
  }

  /** Records that the child of an earlier run still charges. The charge is retried after a growing wait. */
  endedElsewhere(): void {
    this.current = null;
    this.timesElsewhere += 1;
    this.queryAtMs = queryAgainAtMs(this.timesElsewhere);
  }

  /** Requests a query of a pending payment: immediately, or as soon as the charge under way has ended. */
  paymentReported(): void {
    this.wakeUp = true;
  }

  /**
   * Acts on a wake-up unless a charge is under way. The waits between queries begin anew: where the gateway does not
   * answer this query, somebody who has just acted would otherwise wait as long as after many queries.
   */
  takeWakeUp(charge: OpenCharge | null): void {
    if (!this.wakeUp || this.current) return;
    this.wakeUp = false;
    if (charge?.status !== 'pending') return;
    this.queryAtMs = Date.now();
    this.queries = 0;
  }

  /** Voids the payment under way: by the child that charges, or by a query where the child cannot or none runs. */
  withdraw(): void {
    this.current?.withdraw();
    this.paymentReported();
  }

  /** Replaces the payment under way: the query comes immediately, finds the payment unwanted and voids it. */
  queryImmediately(): void {
    this.queryAtMs = Date.now();
    this.paymentReported();
  }
}

function queryAgainAtMs(times: number): number {
  return Date.now() + QUERY_RENEWAL_AFTER_MS[Math.min(times, QUERY_RENEWAL_AFTER_MS.length) - 1]!;
}
